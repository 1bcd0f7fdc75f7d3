/** Jaeger's HTTP API v3 (jaegerquery/internal/apiv3 of Jaeger 2). It has no envelope, and traces are OTLP's JSON. */
import type { FastifyInstance } from 'fastify';
import { failure } from './failure.ts';
import { findTraces } from '../jaeger/search.ts';
import { toTracesData } from '../jaeger/otlp-json.ts';
import type { StoredTrace, TraceStore } from '../store/store.ts';
import { one, type Parameters, traceIdParameter } from './parameters.ts';
import { operationsOf } from './routes.ts';
import { searchParameters } from './v3-parameters.ts';

type Query = { Querystring: Parameters };

/** Adds the routes below /api/v3. */
export function addQueryApiV3(app: FastifyInstance, store: TraceStore): void {
  app.get('/api/v3/services', () => ({ services: store.operations.services() }));

  app.get<Query>('/api/v3/operations', ({ query }) => ({
    operations: operationsOf(store, one(query, 'service'), one(query, 'span_kind')),
  }));

  app.get<{ Params: { id: string } }>('/api/v3/traces/:id', (request, reply) => {
    const trace = store.get(traceIdParameter(request.params.id));
    return trace ? result(store, [trace]) : reply.code(404).send(failure(request, 404, 'No traces found'));
  });

  app.get<Query>('/api/v3/traces', (request, reply) => {
    const traces = findTraces(store, searchParameters(request.query));
    return traces.length > 0
      ? result(store, traces)
      : reply.code(404).send(failure(request, 404, 'No traces found'));
  });
}

function result(store: TraceStore, traces: StoredTrace[]) {
  return { result: toTracesData(traces.flatMap((trace) => [...store.spans(trace)])) };
}
