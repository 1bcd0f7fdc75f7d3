import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromJaeger } from '#workshop/trace/from-jaeger';
import type { JaegerSpan, JaegerTrace } from '#workshop/trace/jaeger-json';

const traceID = '0af7651916cd43dd8448eb211c80319c';

function jaegerSpan(more: Partial<JaegerSpan> = {}): JaegerSpan {
  return {
    traceID,
    spanID: 'b7ad6b7169203331',
    operationName: 'GET /bands/:id',
    references: [],
    startTime: 1_700_000_000_123_456,
    duration: 5_150_000,
    tags: [],
    logs: [],
    processID: 'p1',
    warnings: null,
    ...more,
  };
}

function jaegerTrace(...spans: JaegerSpan[]): JaegerTrace {
  return {
    traceID,
    spans,
    processes: {
      p1: { serviceName: 'bands-api', tags: [{ key: 'host.name', type: 'string', value: 'here' }] },
    },
    warnings: null,
  };
}

test('a span of Jaeger becomes what it was in OpenTelemetry', () => {
  const trace = fromJaeger(
    jaegerTrace(
      jaegerSpan({
        references: [
          { refType: 'CHILD_OF', traceID, spanID: '00f067aa0ba902b7' },
          {
            refType: 'FOLLOWS_FROM',
            traceID: '4bf92f3577b34da6a3ce929d0e0e4736',
            spanID: '53995c3f42cd8ad8',
          },
        ],
        tags: [
          { key: 'otel.scope.name', type: 'string', value: '@opentelemetry/instrumentation-http' },
          { key: 'otel.scope.version', type: 'string', value: '0.223.0' },
          { key: 'big', type: 'int64', value: '9007199254740993' },
          { key: 'http.response.status_code', type: 'int64', value: 502 },
          { key: 'list', type: 'string', value: '["a","b"]' },
          { key: 'ratio', type: 'float64', value: 0.5 },
          { key: 'retried', type: 'bool', value: false },
          { key: 'span.kind', type: 'string', value: 'server' },
          { key: 'otel.status_code', type: 'string', value: 'ERROR' },
          { key: 'error', type: 'bool', value: true },
          { key: 'otel.status_description', type: 'string', value: 'reviews-api is down' },
          { key: 'w3c.tracestate', type: 'string', value: 'workshop=1,other=2' },
        ],
        logs: [
          {
            timestamp: 1_700_000_000_200_000,
            fields: [
              { key: 'event', type: 'string', value: 'exception' },
              { key: 'exception.message', type: 'string', value: 'connect ECONNREFUSED' },
            ],
          },
        ],
        warnings: ['something odd'],
      }),
    ),
  );
  assert.deepEqual(trace, {
    traceId: traceID,
    spans: [
      {
        traceId: traceID,
        spanId: 'b7ad6b7169203331',
        parentId: '00f067aa0ba902b7',
        name: 'GET /bands/:id',
        service: 'bands-api',
        kind: 'server',
        startUs: 1_700_000_000_123_456,
        durationUs: 5_150_000,
        error: true,
        statusMessage: 'reviews-api is down',
        traceState: 'workshop=1,other=2',
        scope: '@opentelemetry/instrumentation-http',
        scopeVersion: '0.223.0',
        attributes: {
          big: '9007199254740993',
          'http.response.status_code': 502,
          list: '["a","b"]',
          ratio: 0.5,
          retried: false,
        },
        events: [
          {
            name: 'exception',
            timeUs: 1_700_000_000_200_000,
            attributes: { 'exception.message': 'connect ECONNREFUSED' },
          },
        ],
        links: [{ traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '53995c3f42cd8ad8' }],
        resource: { 'host.name': 'here' },
        warnings: ['something odd'],
      },
    ],
  });
});

test('a bare span has no parent, no kind and no error', () => {
  const [span] = fromJaeger(jaegerTrace(jaegerSpan())).spans;
  assert.equal('parentId' in span!, false);
  assert.deepEqual(
    [span!.kind, span!.error, span!.statusMessage, span!.attributes],
    ['unspecified', false, '', {}],
  );
});

test('null and missing lists are empty, and a span of an unknown process keeps a service', () => {
  const { tags: _tags, logs: _logs, references: _references, ...bare } = jaegerSpan({ processID: 'p9' });
  const trace = fromJaeger({ traceID, spans: [{ ...bare, tags: null }], processes: null });
  assert.equal(trace.spans[0]!.service, 'missing-service-name');
  assert.deepEqual([trace.spans[0]!.events, trace.spans[0]!.links], [[], []]);
});

test('a status of OK stays among the attributes', () => {
  const [span] = fromJaeger(
    jaegerTrace(jaegerSpan({ tags: [{ key: 'otel.status_code', type: 'string', value: 'OK' }] })),
  ).spans;
  assert.deepEqual([span!.error, span!.attributes], [false, { 'otel.status_code': 'OK' }]);
});

test('a parent in another trace is a link', () => {
  const elsewhere = { traceID: '4bf92f3577b34da6a3ce929d0e0e4736', spanID: '00f067aa0ba902b7' };
  const [span] = fromJaeger(
    jaegerTrace(jaegerSpan({ references: [{ refType: 'CHILD_OF', ...elsewhere }] })),
  ).spans;
  assert.equal(span!.parentId, undefined);
  assert.deepEqual(span!.links, [{ traceId: elsewhere.traceID, spanId: elsewhere.spanID }]);
});

test('ids match whatever their case is', () => {
  const trace = fromJaeger(
    jaegerTrace(
      jaegerSpan({ spanID: 'B7AD6B7169203331' }),
      jaegerSpan({
        spanID: '53995c3f42cd8ad8',
        traceID: traceID.toUpperCase(),
        references: [{ refType: 'CHILD_OF', traceID, spanID: 'b7ad6b7169203331' }],
      }),
    ),
  );
  assert.equal(trace.spans[1]!.parentId, trace.spans[0]!.spanId);
});

test('an attribute named like a part of JavaScript is an attribute', () => {
  const tags = ['__proto__', 'constructor'].map((key) => ({ key, type: 'string', value: 'mine' }) as const);
  const [span] = fromJaeger(jaegerTrace(jaegerSpan({ tags }))).spans;
  assert.deepEqual(Object.entries(span!.attributes), [
    ['__proto__', 'mine'],
    ['constructor', 'mine'],
  ]);
});

test('a trace without spans is a trace', () => {
  assert.deepEqual(fromJaeger(jaegerTrace()), { traceId: traceID, spans: [] });
});

const rejected: [what: string, json: unknown, message: RegExp][] = [
  ['null', null, /a trace must be an object, not null/],
  ['text', '[]', /a trace must be an object, not a string/],
  [
    'the envelope',
    { data: [jaegerTrace()], errors: null },
    /envelope of a response: pass one element of its "data"/,
  ],
  ['an object without spans', { traceID }, /it has no list "spans"/],
  ['a span that is null', jaegerTrace(null as never), /span 1 must be an object, not null/],
  [
    'a span without an id',
    jaegerTrace(jaegerSpan({ spanID: undefined as never })),
    /"spanID" of span 1 .*missing/,
  ],
  [
    'a start in words',
    jaegerTrace(jaegerSpan({ startTime: 'now' as never })),
    /"startTime" of span 1 .*a string/,
  ],
  [
    'a duration that is NaN',
    jaegerTrace(jaegerSpan({ duration: NaN })),
    /"duration" of span 1 must be a number/,
  ],
  ['tags in an object', jaegerTrace(jaegerSpan({ tags: {} as never })), /"tags" of span 1 must be a list/],
];

for (const [what, json, message] of rejected) {
  test(`${what} is no trace, and the error says why`, () => {
    assert.throws(
      () => fromJaeger(json),
      (error) =>
        error instanceof TypeError &&
        error.message.startsWith("This is not a trace in Jaeger's JSON: ") &&
        message.test(error.message),
    );
  });
}
