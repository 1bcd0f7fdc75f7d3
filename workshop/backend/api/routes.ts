/** Jaeger's v1 HTTP API (jaegerquery/internal/http_handler.go of Jaeger 2.20), and our own /status. */
import type { FastifyInstance } from 'fastify';
import { failure } from './failure.ts';
import { findTraces } from '../jaeger/search.ts';
import { toJaegerTrace } from '../jaeger/trace.ts';
import type { LogStore } from '../store/log-store.ts';
import type { ServiceCall, TraceStore } from '../store/store.ts';
import type { JaegerError, JaegerTrace } from '../../trace/jaeger-json.ts';
import { spanKinds } from '../../trace/model.ts';
import {
  dependenciesWindow,
  one,
  type Parameters,
  ParameterError,
  traceIdParameter,
  tracesParameters,
} from './parameters.ts';

type Query = { Querystring: Parameters };

/** Adds the routes of the query API. Every response, including errors, has Jaeger's envelope. */
export function addQueryApi(app: FastifyInstance, store: TraceStore, logs: LogStore): void {
  app.get('/api/services', () => {
    const services = store.operations.services();
    return envelope(services, { total: services.length });
  });

  app.get<{ Params: { service: string } }>('/api/services/:service/operations', ({ params }) => {
    const names = [...new Set(store.operations.of(params.service).map(({ name }) => name))];
    return envelope(names.length > 0 ? names : null, { total: names.length });
  });

  app.get<Query>('/api/operations', ({ query }) => {
    const service = one(query, 'service');
    if (!service) throw new ParameterError("parameter 'service' is required");
    const operations = operationsOf(store, service, one(query, 'spanKind'));
    return envelope(operations, { total: operations.length });
  });

  app.get<Query>('/api/traces', ({ query }) => {
    const wanted = tracesParameters(query);
    if ('query' in wanted) {
      const found = findTraces(store, wanted.query);
      return envelope(found.map((trace) => toJaegerTrace(trace.id, store.spans(trace))));
    }
    const traces = wanted.traceIds.map((id) => jaegerTrace(store, id));
    const missing = wanted.traceIds.filter((_, index) => !traces[index]);
    const errors = missing.map((traceID) => ({ msg: 'trace not found', traceID }));
    return envelope(
      traces.filter((trace) => trace !== undefined),
      errors.length > 0 ? { errors } : {},
    );
  });

  app.get<{ Params: { id: string } }>('/api/traces/:id', (request, reply) => {
    const trace = jaegerTrace(store, traceIdParameter(request.params.id));
    if (trace) return envelope([trace]);
    return reply.code(404).send(failure(request, 404, 'trace not found'));
  });

  app.get<Query>('/api/dependencies', ({ query }) => {
    const service = one(query, 'service');
    const calls = callsWithin(store, dependenciesWindow(query))
      .filter(({ parent, child }) => !service || parent === service || child === service)
      .map(({ parent, child, callCount }) => ({ parent, child, callCount }));
    return envelope(calls);
  });

  app.get('/status', () => ({ ...store.status(), logs: logs.status() }));
}

/** The operations of a service: those of a kind, or all if it is empty. */
export function operationsOf(
  store: TraceStore,
  service: string,
  kind: string,
): { name: string; spanKind: string }[] {
  return store.operations
    .of(service)
    .map(({ name, kind: number }) => ({ name, spanKind: number === 0 ? '' : spanKinds[number]! }))
    .filter(({ spanKind }) => kind === '' || spanKind === kind);
}

function jaegerTrace(store: TraceStore, id: string): JaegerTrace | undefined {
  const stored = store.get(id);
  return stored && toJaegerTrace(id, store.spans(stored));
}

export function envelope<Data>(
  data: Data | null,
  {
    total = 0,
    errors = null,
  }: { total?: number; errors?: (Omit<JaegerError, 'code'> & { traceID: string })[] | null } = {},
) {
  return { data, total, limit: 0, offset: 0, errors };
}

/** The calls in traces that began within a time range, by parent and child. */
export function callsWithin(
  store: TraceStore,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): ServiceCall[] {
  const byEdge = new Map<string, ServiceCall>();
  for (const trace of store.traces()) {
    if (trace.startUs < fromMs * 1_000 || trace.startUs > toMs * 1_000) continue;
    for (const call of store.calls(trace)) {
      const key = JSON.stringify([call.parent, call.child]);
      const sum = byEdge.get(key);
      if (sum) {
        sum.callCount += call.callCount;
        sum.errorCount += call.errorCount;
      } else byEdge.set(key, { ...call });
    }
  }
  return [...byEdge.keys()].toSorted().map((key) => byEdge.get(key)!);
}
