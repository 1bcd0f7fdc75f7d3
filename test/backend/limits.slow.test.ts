/** What a single sender can send to make a backend slow or large. All of it is answered, and the backend goes on. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { toJaegerTrace } from '#workshop/backend/jaeger/trace';
import { traceColumns } from '#workshop/backend/pages/trace-columns';
import { defaultLimits, TraceStore } from '#workshop/backend/store/store';
import { bytesField, encodeRequest, encodeSpan, sendHttp, someSpan } from '../support/otlp.ts';
import { freshBackend } from './backend.ts';

const MIB = 1024 * 1024;

/** Copies of an encoded field until they have so many bytes. */
function repeated(field: Buffer, bytes: number): Buffer {
  return Buffer.alloc(Math.floor(bytes / field.length) * field.length, field);
}

/** Sends a request that must be refused, then one that must be taken. Gives what the refusal says. */
async function refused(t: TestContext, body: Buffer | string): Promise<string> {
  const { otlpHttpUrl, store } = await freshBackend(t);
  const response = await sendHttp(otlpHttpUrl, body);
  assert.equal(response.status, 400);
  assert.equal(store.status().spans, 0);
  assert.equal((await sendHttp(otlpHttpUrl, encodeRequest([someSpan()]))).status, 200);
  assert.equal(store.status().spans, 1);
  return response.text();
}

const emptyMessages: [what: string, body: Buffer][] = [
  ['ResourceSpans', repeated(bytesField(1, ''), 60 * MIB)],
  ['ScopeSpans', bytesField(1, repeated(bytesField(2, ''), 60 * MIB))],
  ['spans', bytesField(1, bytesField(2, repeated(bytesField(2, ''), 60 * MIB)))],
];
for (const [what, body] of emptyMessages) {
  test(`60 MiB of empty ${what} are refused`, async (t) => {
    assert.match(await refused(t, body), /more than 500,000 resources, scopes, and spans/);
  });
}

test('60 MiB of empty attributes or events in one span are too large, and the span beside it is kept', () => {
  for (const field of [9, 11, 13]) {
    const store = new TraceStore();
    const large = Buffer.concat([encodeSpan(someSpan()), repeated(bytesField(field, ''), 60 * MIB)]);
    const added = store.add(encodeRequest([large, someSpan()]));
    assert.deepEqual(added, { accepted: 1, rejected: 1, reason: 'a span was too large to be kept' });
  }
});

test('400,000 empty attributes in a resource are too large, and the spans of others are kept', () => {
  const store = new TraceStore();
  const attributes = repeated(bytesField(1, ''), 800_000);
  const span = bytesField(2, encodeSpan(someSpan()));
  const large = bytesField(1, bytesField(1, attributes), bytesField(2, span));
  const added = store.add(Buffer.concat([large, encodeRequest([someSpan()])]));
  assert.deepEqual(added, {
    accepted: 1,
    rejected: 1,
    reason: 'a resource or scope was too large to be kept',
  });
});

test('60 MiB of empty events in many spans of one trace stay within the limit, and the trace can be read', () => {
  const store = new TraceStore();
  const perSpan = 100_000;
  const { traceId } = someSpan();
  const events = repeated(bytesField(11, ''), 2 * perSpan);
  for (let sent = 0; sent < 300; sent++) {
    store.add(encodeRequest([Buffer.concat([encodeSpan(someSpan({ traceId })), events])]));
    assert.ok(store.status().bytes <= defaultLimits.bytes, `${store.status().bytes} bytes`);
  }
  const { spans, droppedSpans } = store.status();
  assert.equal(spans + droppedSpans, 300);
  const stored = store.get(traceId)!;
  assert.ok(stored.spans.length <= defaultLimits.bytes / 16 / perSpan, `${stored.spans.length} spans`);
  const columns = traceColumns(traceId, store.spans(stored));
  assert.equal(columns.more[0]!.events!.length, perSpan);
});

test('a span with 500,000 attributes is kept and read', () => {
  const store = new TraceStore();
  const count = 500_000;
  const attributes = Object.fromEntries(Array.from({ length: count }, (_, index) => [`key ${index}`, null]));
  const span = someSpan({ attributes });
  assert.equal(store.add(encodeRequest([span])).accepted, 1);
  const stored = store.get(span.traceId)!;
  const { tags } = toJaegerTrace(span.traceId, store.spans(stored)).spans[0]!;
  assert.equal(tags.length, count + 1);
  assert.equal(traceColumns(span.traceId, store.spans(stored)).attributes.length, 2 * count);
});

test('an object of 5,000,000 keys in JSON is refused', async (t) => {
  const keys = Array.from({ length: 5_000_000 }, (_, index) => `"${index}":0`);
  assert.match(await refused(t, `{${keys.join(',')}}`), /more than 1,000,000 objects, lists, and fields/);
});

const DEEP = 200_000;
const lists = '['.repeat(DEEP) + ']'.repeat(DEEP);
const objects = '{"a":'.repeat(DEEP) + '0' + '}'.repeat(DEEP);
for (const [what, body] of [
  ['lists in place of spans', `{"resourceSpans":${lists}}`],
  ['lists in an unknown field', `{"unknown":${lists}}`],
  ['objects in an unknown field', `{"resourceSpans":[{"unknown":${objects}}]}`],
  ['objects in place of the request', objects],
] as const) {
  test(`JSON with 200,000 levels of ${what} is refused`, async (t) => {
    assert.match(await refused(t, body), /nested more than 200 levels deep/);
  });
}
