/** Traces for the pages: what strangers send, in every shape that a page must bear. */
import { createHash } from 'node:crypto';
import { encodeLogRequest, encodeRequest, someLog, type SpanInput } from '../support/otlp.ts';

/** A span with times in ms from the start of its trace. */
export interface SpanSketch extends Omit<
  SpanInput,
  'traceId' | 'spanId' | 'parentId' | 'startNs' | 'endNs' | 'events'
> {
  /** Any text; the id is made of it. */
  id: string;
  parent?: string;
  service?: string;
  startMs?: number;
  durationMs?: number;
  events?: { name: string; atMs: number; attributes?: NonNullable<SpanInput['attributes']> }[];
}

export interface TraceSketch {
  traceId: string;
  /** One message a service. */
  messages: Buffer[];
}

/** When the traces begin, in ms since 1970. */
export const startedAtMs = Date.now() - 60_000;

/** Makes a trace whose ids follow from its name, so that a test can name them. */
export function traceOf(name: string, spans: readonly SpanSketch[]): TraceSketch {
  const traceId = traceIdOf(name);
  const byService = new Map<string, SpanInput[]>();
  for (const { id, parent, service = 'bands-api', startMs = 0, durationMs = 10, events, ...rest } of spans) {
    const span: SpanInput = {
      name: id,
      kind: 1,
      ...rest,
      traceId,
      spanId: spanIdOf(name, id),
      ...(parent !== undefined && { parentId: spanIdOf(name, parent) }),
      startNs: nanoseconds(startMs),
      endNs: nanoseconds(startMs + durationMs),
      ...(events && {
        events: events.map(({ atMs, ...event }) => ({ ...event, timeNs: nanoseconds(atMs) })),
      }),
    };
    const known = byService.get(service);
    if (known) known.push(span);
    else byService.set(service, [span]);
  }
  return {
    traceId,
    messages: [...byService].map(([service, ofService]) =>
      encodeRequest(ofService, {
        resource: { 'service.name': service, 'process.runtime.name': 'nodejs' },
        scope: { name: `${service}-scope`, version: '1.0.0' },
      }),
    ),
  };
}

export function traceIdOf(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 32);
}

export function spanIdOf(traceName: string, id: string): string {
  return createHash('sha256').update(`${traceName} ${id}`).digest('hex').slice(0, 16);
}

function nanoseconds(ms: number): bigint {
  return BigInt(startedAtMs) * 1_000_000n + BigInt(Math.round(ms * 1_000_000));
}

/** HTML, another direction, emoji, controls: in every text that a span has. */
export const hostile = `<img src=x onerror="window.hacked=1"><script>window.hacked=1</script> שלום \u202eabc\u202c 👩‍💻 "q" 'a' &amp; {{x}}`;

const error = (message: string) => ({ code: 2, message });

/** A trace with an error, events, links, 300 attributes, values of 5 KB and text from strangers in every string. */
export function richTrace(): TraceSketch {
  const many = Object.fromEntries(
    Array.from({ length: 300 }, (_, index) => [`group${index % 7}.attribute.${index}`, `value ${index}`]),
  );
  return traceOf('rich', [
    {
      id: 'root',
      name: 'POST /orders',
      service: 'shop',
      kind: 2,
      durationMs: 1_200,
      attributes: { 'http.route': '/orders', 'http.response.status_code': 500n },
      status: error(''),
    },
    {
      id: 'pay',
      name: 'charge card',
      service: 'payments',
      kind: 3,
      parent: 'root',
      startMs: 40,
      durationMs: 300,
      status: error('card declined'),
      events: [
        { name: 'retry', atMs: 120, attributes: { attempt: 2n } },
        {
          name: 'exception',
          atMs: 330,
          attributes: {
            'exception.type': 'CardError',
            'exception.message': 'card declined',
            'exception.stacktrace': 'CardError: card declined\n    at charge (card.ts:12:3)',
          },
        },
      ],
    },
    {
      id: 'many',
      name: 'has 300 attributes',
      service: 'shop',
      parent: 'root',
      startMs: 350,
      durationMs: 100,
      attributes: many,
    },
    {
      id: 'long',
      name: 'has a long value',
      service: 'shop',
      parent: 'root',
      startMs: 460,
      durationMs: 100,
      attributes: {
        'db.query.text': 'select '.repeat(750),
        empty: '',
        flag: true,
        ratio: 0.25,
        list: ['a', 'b'],
      },
    },
    {
      id: 'hostile',
      name: hostile,
      service: hostile,
      kind: 4,
      parent: 'root',
      startMs: 570,
      durationMs: 100,
      attributes: { [hostile]: hostile },
      events: [{ name: hostile, atMs: 600, attributes: { [hostile]: hostile } }],
      status: error(hostile),
      traceState: 'vendor=1',
    },
    {
      id: 'linked',
      name: 'continues another trace',
      service: 'worker',
      kind: 5,
      parent: 'hostile',
      startMs: 700,
      durationMs: 150,
      links: [{ traceId: traceIdOf('other'), spanId: spanIdOf('other', 'root') }],
    },
  ]);
}

/** The trace that the link of `richTrace` leads to. */
export function otherTrace(): TraceSketch {
  return traceOf('other', [{ id: 'root', name: 'enqueue', service: 'worker', kind: 4, durationMs: 5 }]);
}

/** Spans that contradict each other: parents that are not there, circles, two roots, no duration, one before its time. */
export function oddTraces(): Record<string, TraceSketch> {
  return {
    'missing root': traceOf('missing root', [
      { id: 'GET /reviews', parent: 'not here', service: 'reviews-api', kind: 2, durationMs: 30 },
      { id: 'read', parent: 'GET /reviews', service: 'reviews-api', startMs: 5, durationMs: 20 },
    ]),
    cycle: traceOf('cycle', [
      { id: 'a', parent: 'c' },
      { id: 'b', parent: 'a', startMs: 1 },
      { id: 'c', parent: 'b', startMs: 2 },
    ]),
    'self-parent': traceOf('self-parent', [
      { id: 'own', parent: 'own' },
      { id: 'child', parent: 'own', startMs: 2, durationMs: 3 },
    ]),
    'two roots': traceOf('two roots', [{ id: 'first' }, { id: 'second', startMs: 30 }]),
    'negative duration': traceOf('negative duration', [
      { id: 'root', durationMs: 20 },
      { id: 'backwards', parent: 'root', startMs: 10, durationMs: -4 },
    ]),
    'zero length': traceOf('zero length', [{ id: 'instant', durationMs: 0 }]),
    'a child before its parent': traceOf('a child before its parent', [
      { id: 'root', startMs: 50, durationMs: 20, kind: 3 },
      { id: 'early', parent: 'root', service: 'reviews-api', kind: 2, startMs: 0, durationMs: 15 },
    ]),
    duplicate: traceOf('duplicate', [
      { id: 'root', durationMs: 20 },
      { id: 'twice', parent: 'root', durationMs: 5 },
      { id: 'twice', name: 'twice, but another', parent: 'root', startMs: 6, durationMs: 5 },
    ]),
    'no names': traceOf('no names', [{ id: 'x', name: '', service: '' }]),
  };
}

/** Each span the child of the one before. */
export function deepTrace(levels = 200): TraceSketch {
  return traceOf(
    `deep ${levels}`,
    Array.from({ length: levels }, (_, level) => ({
      id: `level ${level}`,
      ...(level > 0 && { parent: `level ${level - 1}` }),
      service: `service-${level % 5}`,
      startMs: level,
      durationMs: 2 * (levels - level),
    })),
  );
}

/** A tree of many spans in six services with the attributes that instrumentation gives; each hundredth is an error. */
export function largeTrace(count: number, name = `large ${count}`): TraceSketch {
  const services = ['gateway', 'bands-api', 'reviews-api', 'search', 'users', 'billing'];
  return traceOf(
    name,
    Array.from({ length: count }, (_, index) => ({
      id: `span ${index}`,
      name: index % 3 === 0 ? `GET /things/${index % 40}` : `work ${index % 25}`,
      ...(index > 0 && { parent: `span ${Math.floor((index - 1) / 5)}` }),
      service: services[Math.floor((index - 1) / 5) % services.length] ?? 'gateway',
      kind: index % 3 === 0 ? 2 : 1,
      startMs: index / 10,
      durationMs: (count - index) / 10 + 1,
      attributes: {
        'http.request.method': 'GET',
        'http.route': `/things/:id`,
        'http.response.status_code': index % 100 === 99 ? 500n : 200n,
        'url.path': `/things/${index}`,
        'server.address': 'localhost',
        'server.port': 8080n,
        'network.protocol.version': '1.1',
        'user_agent.original': 'undici',
        'thing.id': BigInt(index),
        'thing.owner': `owner-${index % 50}`,
      },
      ...(index % 100 === 99 && { status: error('out of things') }),
    })),
  );
}

/** `largeTrace` with two log lines in each span, as Fastify writes them; each hundredth is a warning. */
export function loggedTrace(count: number): TraceSketch & { logs: Buffer[] } {
  const name = `logged ${count}`;
  const traceId = traceIdOf(name);
  const lines = Array.from({ length: 2 * count }, (_, index) => {
    const span = Math.floor(index / 2);
    return someLog({
      traceId,
      spanId: spanIdOf(name, `span ${span}`),
      timeNs: nanoseconds(span / 10 + (index % 2)),
      severityNumber: index % 100 === 99 ? 13 : 9,
      severityText: 'info',
      body: index % 2 === 0 ? 'incoming request' : 'request completed',
      attributes: {
        reqId: `req-${span}`,
        ...(index % 2 === 0
          ? { req: { method: 'GET', url: `/things/${span}` } }
          : { responseTime: span / 10 }),
      },
    });
  });
  const batches = Array.from({ length: Math.ceil(lines.length / 500) }, (_, batch) =>
    encodeLogRequest(lines.slice(batch * 500, (batch + 1) * 500), 'bands-api'),
  );
  return { ...largeTrace(count, name), logs: batches };
}
