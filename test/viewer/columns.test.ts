import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toJaegerTrace } from '#workshop/backend/jaeger/trace';
import { traceColumns } from '#workshop/backend/pages/trace-columns';
import { TraceStore } from '#workshop/backend/store/store';
import { fromColumns, type TraceColumns } from '#workshop/trace/columns';
import { fromJaeger } from '#workshop/trace/from-jaeger';
import type { Span, Trace } from '#workshop/trace/model';
import fc from 'fast-check';
import { encodeRequest, someSpan, type Value } from '../support/otlp.ts';
import { deepTrace, largeTrace, oddTraces, otherTrace, richTrace, type TraceSketch } from './traces.ts';

/** A trace in all the ways that there are: from the store, by the columns of the page, and by Jaeger's JSON. */
function allWays({ traceId, messages }: TraceSketch): { stored: Trace; paged: Trace; queried: Trace } {
  const store = new TraceStore();
  for (const message of messages) store.add(message);
  const stored = store.trace(traceId)!;
  const columns = JSON.parse(JSON.stringify(traceColumns(traceId, stored.spans))) as TraceColumns;
  return { stored, paged: fromColumns(columns), queried: fromJaeger(toJaegerTrace(traceId, stored.spans)) };
}

/** The fields that a span always has. */
function fields(span: Span) {
  const { traceId, spanId, parentId, name, service, kind, startUs, error, statusMessage, traceState } = span;
  const { scope, scopeVersion, attributes, events, links, resource } = span;
  const ids = { traceId, spanId, parentId, name, service, kind, startUs, error, statusMessage, traceState };
  return { ...ids, scope, scopeVersion, attributes, events, links, resource };
}

const sketches = {
  rich: richTrace(),
  other: otherTrace(),
  deep: deepTrace(),
  large: largeTrace(300),
  ...oddTraces(),
};

for (const [name, sketch] of Object.entries(sketches)) {
  test(`columns and Jaeger's JSON give the trace that is stored: ${name}`, () => {
    const { stored, paged, queried } = allWays(sketch);
    assert.deepEqual(paged.spans.map(fields), stored.spans.map(fields));
    assert.deepEqual(queried.spans.map(fields), stored.spans.map(fields));
  });
}

test('a span that ends before it starts keeps its negative duration on the page, which Jaeger makes 0', () => {
  const { paged, queried } = allWays(oddTraces()['negative duration']!);
  assert.deepEqual(
    paged.spans.map(({ durationUs }) => durationUs),
    [20_000, -4_000],
  );
  assert.deepEqual(
    queried.spans.map(({ durationUs }) => durationUs),
    [20_000, 0],
  );
});

test('whatever an attribute holds reaches the page', () => {
  const value: fc.Arbitrary<Value> = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.boolean(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.double(),
    fc.uint8Array({ maxLength: 8 }),
    fc.constant(null),
    fc.array(fc.string(), { maxLength: 3 }),
    fc.dictionary(fc.string({ minLength: 1 }), fc.integer().map(BigInt), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  );
  const key = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1 }),
    fc.constantFrom('__proto__', 'constructor', 'a.b'),
  );
  const special = new Set(['error', 'span.kind', 'otel.status_code', 'event']);
  fc.assert(
    fc.property(fc.dictionary(key, value, { maxKeys: 8, noNullPrototype: true }), (attributes) => {
      fc.pre(Object.keys(attributes).every((name) => !special.has(name)));
      const span = someSpan({ attributes });
      const { stored, paged, queried } = allWays({
        traceId: span.traceId,
        messages: [encodeRequest([span])],
      });
      assert.deepEqual(sorted(paged.spans[0]!), sorted(stored.spans[0]!));
      assert.deepEqual(sorted(queried.spans[0]!), sorted(stored.spans[0]!));
    }),
    { numRuns: 300 },
  );
});

/** −0 is 0 in JSON. */
function sorted({ attributes }: Span): [string, unknown][] {
  return Object.entries(attributes)
    .map(([key, value]): [string, unknown] => [key, Object.is(value, -0) ? 0 : value])
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}
