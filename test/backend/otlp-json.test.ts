/** Spans in the JSON of OTLP, as Jaeger's API v3 sends them: what the contract with a real Jaeger doesn't cover. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toTracesData } from '#workshop/backend/jaeger/otlp-json';
import type { Span } from '#workshop/trace/model';

const gateway = { 'service.version': '1' };
const stock = { 'service.version': '1' };

function span(changes: Partial<Span>): Span {
  return {
    traceId: '1'.repeat(32),
    spanId: '2'.repeat(16),
    name: 'work',
    service: 'gateway',
    kind: 'unspecified',
    startUs: 1_000_000,
    durationUs: 5,
    error: false,
    statusMessage: '',
    traceState: '',
    scope: '',
    scopeVersion: '',
    attributes: {},
    events: [],
    links: [],
    resource: gateway,
    warnings: [],
    ...changes,
  };
}

test('spans are grouped by resource and scope', () => {
  const { resourceSpans } = toTracesData([
    span({ name: 'a', scope: 'http', scopeVersion: '1' }),
    span({ name: 'b', service: 'stock', resource: stock }),
    span({ name: 'c', scope: 'pg' }),
    span({ name: 'd', scope: 'http', scopeVersion: '1', resource: { ...gateway } }),
    span({ name: 'e', scope: 'http', scopeVersion: '2' }),
  ]);
  const groups = resourceSpans.map(({ resource, scopeSpans }) => ({
    service: resource.attributes.find(({ key }) => key === 'service.name')!.value['stringValue'],
    scopes: scopeSpans.map(({ scope, spans }) => [scope, spans.map((one) => (one as Span).name)]),
  }));
  assert.deepEqual(groups, [
    {
      service: 'gateway',
      scopes: [
        [{ name: 'http', version: '1' }, ['a', 'd']],
        [{ name: 'pg' }, ['c']],
        [{ name: 'http', version: '2' }, ['e']],
      ],
    },
    { service: 'stock', scopes: [[{}, ['b']]] },
  ]);
});

test('values keep their types, and what was dropped is counted', () => {
  const types = new Map([
    ['whole', 'float64'],
    ['large', 'int64'],
    ['bytes', 'binary'],
  ] as const);
  const [resource] = toTracesData([
    span({
      attributes: { whole: 2, large: '9007199254740993', bytes: 'AQI=', text: '2', 'otel.status_code': 'OK' },
      types,
      dropped: { attributes: 1, events: 2, links: 3 },
    }),
  ]).resourceSpans;
  assert.deepEqual(resource!.scopeSpans[0]!.spans, [
    {
      traceId: '1'.repeat(32),
      spanId: '2'.repeat(16),
      name: 'work',
      startTimeUnixNano: '1000000000',
      endTimeUnixNano: '1000005000',
      attributes: [
        { key: 'bytes', value: { bytesValue: 'AQI=' } },
        { key: 'large', value: { intValue: '9007199254740993' } },
        { key: 'text', value: { stringValue: '2' } },
        { key: 'whole', value: { doubleValue: 2 } },
      ],
      droppedAttributesCount: 1,
      droppedEventsCount: 2,
      droppedLinksCount: 3,
      status: { code: 1 },
    },
  ]);
});
