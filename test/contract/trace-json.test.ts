/** The contract's section "A trace in v1 JSON". */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { someSpan, someTraceId } from '../support/otlp.ts';
import { onlySpan, see, sendAndSee, someService, tagOf } from './target.ts';

const secondsAgo = (seconds: number) => BigInt(Date.now() - seconds * 1_000) * 1_000_000n;

/** The service that a span is shown with which comes with such a resource. */
async function serviceFor(resource: Record<string, string>): Promise<string> {
  const trace = await sendAndSee([someSpan()], { resource });
  return trace.processes[onlySpan(trace).processID]!.serviceName;
}

test('a trace has its id, spans, processes and no warnings', async () => {
  const span = someSpan();
  const service = someService();
  const trace = await sendAndSee([span], {
    resource: { 'service.name': service, 'host.name': 'here', count: 3n },
  });
  assert.deepEqual(Object.keys(trace).toSorted(), ['processes', 'spans', 'traceID', 'warnings']);
  assert.equal(trace.traceID, span.traceId);
  assert.equal(trace.warnings, null);
  const { serviceName, tags } = trace.processes[onlySpan(trace).processID]!;
  assert.equal(serviceName, service);
  assert.deepEqual(tagOf(tags, 'host.name'), { key: 'host.name', type: 'string', value: 'here' });
  assert.deepEqual(tagOf(tags, 'count'), { key: 'count', type: 'int64', value: 3 });
  assert.equal(tagOf(tags, 'service.name'), undefined);
});

test('ids are hex in lower case, times are in µs and cut off', async () => {
  const startNs = secondsAgo(1) + 123_456_789n;
  const input = someSpan({ traceId: someTraceId(), startNs, endNs: startNs + 1_999_999n });
  const span = onlySpan(await sendAndSee([input], someService()));
  assert.equal(span.traceID, input.traceId);
  assert.equal(span.spanID, input.spanId);
  assert.equal(span.operationName, 'GET /bands/:id');
  assert.equal(span.startTime, Number(startNs / 1_000n));
  assert.equal(span.duration, 1_999);
  assert.deepEqual(span.references, []);
  assert.equal(span.warnings, null);
});

test('the parent is the first reference, and the links follow', async () => {
  const parent = someSpan({ kind: 1 });
  const [linkA, linkB] = [
    { traceId: 'a1'.repeat(16), spanId: 'b1'.repeat(8) },
    { traceId: 'a2'.repeat(16), spanId: 'b2'.repeat(8) },
  ] as const;
  const child = someSpan({
    traceId: parent.traceId,
    parentId: parent.spanId,
    kind: 1,
    startNs: parent.startNs!,
    links: [linkA, linkB],
  });
  const trace = await sendAndSee([parent, child], someService());
  assert.deepEqual(trace.spans.find(({ spanID }) => spanID === child.spanId)!.references, [
    { refType: 'CHILD_OF', traceID: parent.traceId, spanID: parent.spanId },
    { refType: 'FOLLOWS_FROM', traceID: linkA.traceId, spanID: linkA.spanId },
    { refType: 'FOLLOWS_FROM', traceID: linkB.traceId, spanID: linkB.spanId },
  ]);
});

test('tags come in order: scope, attributes by key, kind, status, its text, tracestate', async () => {
  const input = someSpan({
    kind: 3,
    attributes: { zebra: 'z', apple: 'a', Monkey: 'M' },
    status: { code: 2, message: 'it broke' },
    traceState: 'vendor=1,other=2',
  });
  const surroundings = {
    resource: { 'service.name': someService() },
    scope: { name: 'lib', version: '1.2' },
  };
  const { tags } = onlySpan(await sendAndSee([input], surroundings));
  assert.deepEqual(tags, [
    { key: 'otel.scope.name', type: 'string', value: 'lib' },
    { key: 'otel.scope.version', type: 'string', value: '1.2' },
    { key: 'Monkey', type: 'string', value: 'M' },
    { key: 'apple', type: 'string', value: 'a' },
    { key: 'zebra', type: 'string', value: 'z' },
    { key: 'span.kind', type: 'string', value: 'client' },
    { key: 'otel.status_code', type: 'string', value: 'ERROR' },
    { key: 'error', type: 'bool', value: true },
    { key: 'otel.status_description', type: 'string', value: 'it broke' },
    { key: 'w3c.tracestate', type: 'string', value: 'vendor=1,other=2' },
  ]);
});

test('every kind has its word, and an unspecified one none', async () => {
  for (const [kind, word] of [undefined, 'internal', 'server', 'client', 'producer', 'consumer'].entries()) {
    const { tags } = onlySpan(await sendAndSee([someSpan({ kind })], someService()));
    assert.equal(tagOf(tags, 'span.kind')?.value, word);
  }
});

test('a status of OK is told, one that was not set is not, and neither is an error', async () => {
  const ok = onlySpan(await sendAndSee([someSpan({ status: { code: 1 } })], someService()));
  assert.equal(tagOf(ok.tags, 'otel.status_code')?.value, 'OK');
  assert.equal(tagOf(ok.tags, 'error'), undefined);
  const unset = onlySpan(await sendAndSee([someSpan({ status: { code: 0 } })], someService()));
  assert.equal(tagOf(unset.tags, 'otel.status_code'), undefined);
  assert.equal(tagOf(unset.tags, 'error'), undefined);
});

test('attributes keep their types; integers past 2^53 become text, arrays and maps JSON text', async () => {
  const input = someSpan({
    attributes: {
      text: 'x',
      yes: true,
      no: false,
      small: -7n,
      safe: 2n ** 53n - 1n,
      large: 2n ** 53n + 1n,
      smallest: -(2n ** 63n),
      half: 0.5,
      bytes: Buffer.from([0, 1, 254, 255]),
      list: ['a', 1n, true, 1.5],
      map: { b: 1n, a: ['x'] },
    },
  });
  const { tags } = onlySpan(await sendAndSee([input], someService()));
  const typed = (key: string) => [tagOf(tags, key)?.type, tagOf(tags, key)?.value];
  assert.deepEqual(typed('text'), ['string', 'x']);
  assert.deepEqual(typed('yes'), ['bool', true]);
  assert.deepEqual(typed('no'), ['bool', false]);
  assert.deepEqual(typed('small'), ['int64', -7]);
  assert.deepEqual(typed('safe'), ['int64', Number.MAX_SAFE_INTEGER]);
  assert.deepEqual(typed('large'), ['int64', '9007199254740993']);
  assert.deepEqual(typed('smallest'), ['int64', '-9223372036854775808']);
  assert.deepEqual(typed('half'), ['float64', 0.5]);
  assert.deepEqual(typed('bytes'), ['binary', 'AAH+/w==']);
  assert.equal(tagOf(tags, 'list')!.type, 'string');
  assert.deepEqual(JSON.parse(String(tagOf(tags, 'list')!.value)), ['a', 1, true, 1.5]);
  assert.equal(tagOf(tags, 'map')!.type, 'string');
  assert.deepEqual(JSON.parse(String(tagOf(tags, 'map')!.value)), { a: ['x'], b: 1 });
});

test('an event becomes a log whose first field is its name', async () => {
  const timeNs = secondsAgo(1) + 999n;
  const input = someSpan({
    events: [{ name: 'exception', timeNs, attributes: { 'exception.type': 'Error', attempt: 2n } }],
  });
  const { logs } = onlySpan(await sendAndSee([input], someService()));
  assert.equal(logs.length, 1);
  assert.equal(logs[0]!.timestamp, Number(timeNs / 1_000n));
  assert.deepEqual(logs[0]!.fields[0], { key: 'event', type: 'string', value: 'exception' });
  assert.deepEqual(tagOf(logs[0]!.fields, 'exception.type')?.value, 'Error');
  assert.deepEqual(tagOf(logs[0]!.fields, 'attempt'), { key: 'attempt', type: 'int64', value: 2 });
});

test('names that are missing or empty have words of their own', async () => {
  assert.equal(await serviceFor({ other: 'x' }), 'missing-service-name');
  assert.equal(await serviceFor({ 'service.name': '' }), 'empty-service-name');
  const nameless = onlySpan(await sendAndSee([someSpan({ name: '' })], someService()));
  assert.equal(nameless.operationName, 'empty-span-name');
});

test('a parent that is not in the trace is warned of', async () => {
  const parentId = someSpan({}).spanId;
  const { warnings } = onlySpan(await sendAndSee([someSpan({ parentId, kind: 1 })], someService()));
  // Jaeger's store in memory adds the warning once more each time it is asked.
  assert.ok(warnings!.length > 0);
  for (const warning of warnings!) assert.match(warning, new RegExp(parentId));
});

test('an end at or before the start is warned of, and lasts no time', async () => {
  const startNs = secondsAgo(1);
  for (const endNs of [startNs, startNs - 5_000_000n]) {
    const span = onlySpan(await sendAndSee([someSpan({ startNs, endNs })], someService()));
    assert.equal(span.warnings?.length, 1);
    assert.equal(span.duration, 0);
    assert.equal(span.startTime, Number(startNs / 1_000n));
  }
});

test('a span that is sent twice shows once', async () => {
  const service = someService();
  const span = someSpan();
  await sendAndSee([span], service);
  const other = someSpan({ traceId: span.traceId });
  await sendAndSee([span, other], service, 2);
});

test('spans of one trace that come from two services have two processes', async () => {
  const traceId = someTraceId();
  const services = [someService(), someService()];
  await sendAndSee([someSpan({ traceId })], services[0]!, 1);
  const trace = await sendAndSee([someSpan({ traceId })], services[1]!, 2);
  const names = trace.spans.map(({ processID }) => trace.processes[processID]!.serviceName);
  assert.deepEqual(names.toSorted(), services.toSorted());
});

test("spans that are their own parent, or each other's, are given as they are", async () => {
  const traceId = someTraceId();
  const selfish = someSpan({ traceId });
  const [a, b] = [someSpan({ traceId }), someSpan({ traceId })];
  await sendAndSee(
    [
      { ...selfish, parentId: selfish.spanId },
      { ...a, parentId: b.spanId },
      { ...b, parentId: a.spanId },
    ],
    someService(),
  );
  const trace = await see(traceId, 3);
  const parents = Object.fromEntries(
    trace.spans.map(({ spanID, references }) => [spanID, references[0]?.spanID]),
  );
  assert.deepEqual(parents, { [selfish.spanId]: selfish.spanId, [a.spanId]: b.spanId, [b.spanId]: a.spanId });
});
