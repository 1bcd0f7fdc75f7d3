import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MalformedError } from '#workshop/backend/otlp/arrival';
import { type StoredTrace, TraceStore } from '#workshop/backend/store/store';
import { mulberry32 } from '#workshop/random';
import { encodeRequest, someSpan, someSpanId, someTraceId, type SpanInput } from '../support/otlp.ts';

const KIB = 1024;

/** Names and services of a trace's spans in the order in which the store gives them. */
function contents(store: TraceStore, trace: StoredTrace): string[] {
  return [...store.spans(trace)].map(({ service, name }) => `${service} ${name}`);
}

test('what comes out is what went in, even after many traces have been dropped', () => {
  const random = mulberry32(7);
  const upTo = (limit: number) => Math.floor(random() * limit);
  const store = new TraceStore({ bytes: 64 * KIB, spans: 1_000 });
  const sent = new Map<string, string[]>();
  const ids: string[] = [];

  for (let batch = 0; batch < 3_000; batch++) {
    const service = `service-${upTo(5)}`;
    const spans: SpanInput[] = [];
    for (let count = 1 + upTo(8); count > 0; count--) {
      // Mostly a trace that is new or recent, now and then one that is old or already dropped.
      const known = ids.length > 0 && random() < 0.6;
      const traceId = known
        ? ids[Math.max(0, ids.length - 1 - upTo(random() < 0.1 ? 200 : 5))]!
        : someTraceId();
      const name = `${batch} ${'x'.repeat(upTo(random() < 0.02 ? 4_000 : 200))}`;
      if (!store.get(traceId)) {
        ids.push(traceId);
        sent.set(traceId, []);
      }
      spans.push(someSpan({ traceId, name }));
    }
    for (const span of spans) {
      // One span at a time for the model, so that a trace dropped within a batch is forgotten there too.
      store.add(encodeRequest([span], service));
      const id = span.traceId!;
      for (const old of sent.keys()) if (!store.get(old)) sent.delete(old);
      const names = sent.get(id) ?? [];
      if (store.get(id)?.spans.length === 1) names.length = 0;
      names.push(`${service} ${span.name}`);
      sent.set(id, names);
    }
    for (const [id, names] of sent) {
      if (random() < 0.1) assert.deepEqual(contents(store, store.get(id)!), names);
    }
  }
  assert.deepEqual([...store.traces()].map(({ id }) => id).toSorted(), [...sent.keys()].toSorted());
  for (const [id, names] of sent) assert.deepEqual(contents(store, store.get(id)!), names);
  assert.ok(store.status().droppedTraces > 1_000, 'traces were dropped');
});

test('past the limit of spans the oldest trace goes whole, and is counted', () => {
  const store = new TraceStore({ spans: 10 });
  const traces = Array.from({ length: 4 }, () => someTraceId());
  for (const traceId of traces)
    store.add(encodeRequest([1, 2, 3].map((n) => someSpan({ traceId, name: `${n}` }))));

  assert.equal(store.get(traces[0]!), undefined);
  assert.deepEqual(
    traces.slice(1).map((id) => store.get(id)?.spans.length),
    [3, 3, 3],
  );
  const { spans, accepted, droppedTraces, droppedSpans } = store.status();
  assert.deepEqual(
    { spans, accepted, droppedTraces, droppedSpans },
    { spans: 9, accepted: 12, droppedTraces: 1, droppedSpans: 3 },
  );
});

test('past the limit of bytes the oldest traces go, and the memory stays within the limit', () => {
  const store = new TraceStore({ bytes: 256 * KIB });
  const ids = Array.from({ length: 200 }, () => someTraceId());
  for (const traceId of ids) {
    store.add(encodeRequest([someSpan({ traceId, attributes: { big: 'x'.repeat(4_000) } })]));
    assert.ok(store.status().bytes <= 256 * KIB, `${store.status().bytes} bytes`);
  }
  const kept = ids.filter((id) => store.get(id));
  assert.ok(kept.length >= 40, `${kept.length} of about 60 that fit are kept`);
  assert.deepEqual(kept, ids.slice(-kept.length), 'the newest are kept');
  assert.equal(store.status().droppedTraces, ids.length - kept.length);
});

test('a span that comes late keeps its trace, and does not make it younger', () => {
  const store = new TraceStore({ spans: 4 });
  const [first, second, third] = [someTraceId(), someTraceId(), someTraceId()];
  store.add(encodeRequest([someSpan({ traceId: first })]));
  store.add(encodeRequest([someSpan({ traceId: second })]));
  store.add(encodeRequest([someSpan({ traceId: first, name: 'the root, late' })]));
  assert.equal(store.get(first)?.spans.length, 2);
  store.add(encodeRequest([someSpan({ traceId: third }), someSpan({ traceId: third })]));
  assert.equal(store.get(first), undefined);
  assert.equal(store.get(second)?.spans.length, 1);
});

test('services and operations go with the last span that has them', () => {
  const store = new TraceStore({ spans: 2 });
  store.add(encodeRequest([someSpan({ name: 'a', kind: 2 }), someSpan({ name: 'a', kind: 3 })], 'first'));
  assert.deepEqual(
    store.operations.of('first').map(({ name, kind }) => [name, kind]),
    [
      ['a', 2],
      ['a', 3],
    ],
  );
  store.add(encodeRequest([someSpan({ name: 'b' }), someSpan({ name: 'c' })], 'second'));
  assert.deepEqual(store.operations.services(), ['second']);
  assert.deepEqual(store.operations.of('first'), []);
  assert.deepEqual(
    store.operations.of('second').map(({ name }) => name),
    ['b', 'c'],
  );
});

test('a span that finds an empty store and still too little room is kept', () => {
  const store = new TraceStore({ bytes: 1024 * KIB, spans: 2_000 });
  const traceId = someTraceId();
  for (let sent = 0; sent < 2_000; sent++) store.add(encodeRequest([{ traceId, spanId: someSpanId() }]));
  for (let sent = 0; sent < 3; sent++) store.add(encodeRequest([someSpan()]));
  const large = someSpan({ name: 'x'.repeat(250 * KIB) });
  for (const name of ['a', 'b']) {
    const { accepted } = store.add(
      encodeRequest([large, someSpan({ traceId: large.traceId, name })], `service-${name}`),
    );
    assert.equal(accepted, 2);
  }
  const names = contents(store, store.get(large.traceId)!).map((each) => each.slice(0, 20));
  assert.deepEqual(names, ['service-a xxxxxxxxxx', 'service-a a', 'service-b xxxxxxxxxx', 'service-b b']);
});

test('names and traces in the index are bounded too', () => {
  const store = new TraceStore({ bytes: 256 * KIB, spans: 1_000_000 });
  for (let batch = 0; batch < 100; batch++) {
    store.add(
      encodeRequest(
        Array.from({ length: 20 }, (_, n) => ({
          traceId: someTraceId(),
          spanId: someSpanId(),
          name: `${batch} ${n}`,
        })),
        `service-${batch}`,
      ),
    );
  }
  assert.ok(store.status().traces * 650 < 192 * KIB, `${store.status().traces} traces are kept`);
  assert.ok(store.status().traces > 50, `${store.status().traces} traces are kept`);
});

test('identical spans count once in what is given out', () => {
  const store = new TraceStore();
  const span = someSpan({ name: 'twice' });
  store.add(encodeRequest([span, { ...span, name: 'same id, other name' }]));
  store.add(encodeRequest([span]));
  assert.deepEqual(contents(store, store.get(span.traceId)!), [
    'bands-api twice',
    'bands-api same id, other name',
  ]);
});

test('thousands of spans of one id with different bytes are all given out, and each of them once', () => {
  const store = new TraceStore();
  const span = someSpan();
  const count = 16_000;
  const spans = Array.from({ length: count }, (_, index) => ({ ...span, name: `${index}` }));
  store.add(encodeRequest([...spans, ...spans]));
  assert.equal(store.get(span.traceId)!.spans.length, 2 * count);
  const names = store.trace(span.traceId)!.spans.map(({ name }) => name);
  assert.deepEqual(
    names,
    spans.map(({ name }) => name),
  );
  assert.deepEqual(store.calls(store.get(span.traceId)!), []);
});

test('a span of a kind that OTLP does not have is of no kind', () => {
  const store = new TraceStore();
  store.add(
    encodeRequest(
      [1_000, 6, -1].map((kind) => someSpan({ name: 'odd', kind })),
      'kinds',
    ),
  );
  assert.deepEqual(
    store.operations.of('kinds').map(({ kind, spans }) => [kind, spans]),
    [[0, 3]],
  );
});

test('a batch that is malformed at its very end leaves nothing behind', () => {
  const store = new TraceStore();
  const span = someSpan();
  const good = encodeRequest([span]);
  assert.throws(() => store.add(Buffer.concat([good, good.subarray(0, -1)])), MalformedError);
  assert.equal(store.get(span.traceId), undefined);
  assert.deepEqual(store.operations.services(), []);
  assert.equal(store.status().accepted, 0);
});

test('spans without a usable id, or too large to keep, are rejected alone', () => {
  const store = new TraceStore({ bytes: 64 * KIB });
  const good = someSpan();
  const added = store.add(
    encodeRequest([
      someSpan({ traceId: '00'.repeat(16) }),
      someSpan({ traceId: '' }),
      someSpan({ spanId: '00'.repeat(8) }),
      good,
      someSpan({ name: 'x'.repeat(40_000) }),
    ]),
  );
  assert.deepEqual(added, { accepted: 1, rejected: 4, reason: 'a span was too large to be kept' });
  assert.equal(store.status().rejected, 4);
  assert.equal(store.get(good.traceId)?.spans.length, 1);

  const huge = store.add(
    encodeRequest([someSpan()], { resource: { 'service.name': 'a', big: 'x'.repeat(20_000) } }),
  );
  assert.equal(huge.reason, 'a resource or scope was too large to be kept');
});

test('calls between services are counted by the edges of a trace, whatever the spans claim', () => {
  const store = new TraceStore();
  const traceId = someTraceId();
  const gateway = someSpan({ traceId });
  const self = { ...someSpan({ traceId }), parentId: '' };
  self.parentId = self.spanId;
  const [a, b] = [someSpan({ traceId }), someSpan({ traceId })];
  const calls = () => store.calls(store.get(traceId)!);

  const late = [
    someSpan({ traceId, parentId: gateway.spanId }),
    someSpan({ traceId, parentId: gateway.spanId, status: { code: 2 } }),
  ];
  store.add(encodeRequest(late, 'checkout'));
  assert.deepEqual(calls(), [], 'the parent has not arrived');
  store.add(encodeRequest([gateway, someSpan({ traceId, parentId: gateway.spanId })], 'gateway'));
  const one = [{ parent: 'gateway', child: 'checkout', callCount: 2, errorCount: 1 }];
  assert.deepEqual(calls(), one, 'calls within a service do not count');

  store.add(encodeRequest([late[0]!], 'checkout'));
  store.add(encodeRequest([self], 'selfish'));
  assert.deepEqual(calls(), one, 'neither a span sent again nor its own parent is another call');

  store.add(encodeRequest([{ ...a, parentId: b.spanId }], 'x'));
  store.add(encodeRequest([{ ...b, parentId: a.spanId }], 'y'));
  assert.deepEqual(calls(), [
    ...one,
    { parent: 'y', child: 'x', callCount: 1, errorCount: 0 },
    { parent: 'x', child: 'y', callCount: 1, errorCount: 0 },
  ]);
});
