/** The contract's sections "v1 HTTP API", and of the receiver's what every backend keeps to. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { JaegerTrace } from '#workshop/trace/jaeger-json';
import { eventually } from '../support/eventually.ts';
import {
  encodeRequest,
  sendHttp,
  someSpan,
  someSpanId,
  someTraceId,
  type SpanInput,
} from '../support/otlp.ts';
import { ask, see, sendAndSee, someService, target } from './target.ts';

const nsAgo = (ms: number) => BigInt(Date.now() - ms) * 1_000_000n;
const usAgo = (ms: number) => String((Date.now() - ms) * 1_000);
const dayMs = 24 * 3_600_000;

/** Ids of the traces that a search finds, in its order. */
async function search(parameters: Record<string, string>): Promise<string[]> {
  const { status, body } = await ask<JaegerTrace[]>(`/api/traces?${new URLSearchParams(parameters)}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body.data!.map(({ traceID }) => traceID);
}

/** A trace of one span of a service, which can be seen when this is over. Gives its id. */
async function sent(service: string, input: SpanInput = {}): Promise<string> {
  const span = someSpan({ startNs: nsAgo(1_000), ...input });
  await sendAndSee([span], service);
  return span.traceId;
}

test('every answer has the envelope', async () => {
  await sent(someService());
  for (const path of [
    '/api/services',
    '/api/traces',
    `/api/traces/${someTraceId()}`,
    '/api/dependencies?endTs=x',
  ]) {
    const { body } = await ask(path);
    assert.deepEqual(Object.keys(body).toSorted(), ['data', 'errors', 'limit', 'offset', 'total'], path);
  }
});

test('/api/services has each service that sent a span, and their number', async () => {
  const service = someService();
  await sent(service);
  const { status, body } = await ask<string[]>('/api/services');
  assert.equal(status, 200);
  assert.equal(body.errors, null);
  assert.ok(body.data!.includes(service));
  assert.equal(body.total, body.data!.length);
});

test("a service's operations are named once each; of an unknown service the data is null", async () => {
  const service = `${someService()}/with a slash?`;
  for (const [name, kind] of [
    ['one', 2],
    ['one', 3],
    ['two', 3],
  ] as const)
    await sent(service, { name, kind });
  const known = await ask<string[]>(`/api/services/${encodeURIComponent(service)}/operations`);
  assert.equal(known.status, 200);
  assert.deepEqual(known.body.data!.toSorted(), ['one', 'two']);
  assert.equal(known.body.total, 2);

  const unknown = await ask(`/api/services/${someService()}/operations`);
  assert.equal(unknown.status, 200);
  assert.equal(unknown.body.data, null);
});

test('/api/operations tells operations with their kind, and filters by it', async () => {
  const service = someService();
  for (const [name, kind] of [
    ['one', 2],
    ['one', 3],
    ['two', 3],
  ] as const)
    await sent(service, { name, kind });
  const operations = async (more: string) => {
    const { body } = await ask<{ name: string; spanKind: string }[]>(
      `/api/operations?service=${service}${more}`,
    );
    return body.data!.map(({ name, spanKind }) => `${name} ${spanKind}`).toSorted();
  };
  assert.deepEqual(await operations(''), ['one client', 'one server', 'two client']);
  assert.deepEqual(await operations('&spanKind=client'), ['one client', 'two client']);
  const nameless = await ask('/api/operations');
  assert.equal(nameless.status, 400);
  assert.match(nameless.body.errors![0]!.msg, /'service' is required/);
});

test('a search needs a service', async () => {
  const { status, body } = await ask('/api/traces');
  assert.equal(status, 400);
  assert.deepEqual(body.errors, [{ code: 400, msg: "parameter 'service' is required" }]);
  assert.equal(body.data, null);
});

test('a search finds the traces of a service, the newest first, and no more than the limit', async () => {
  const service = someService();
  const ids = [];
  for (const ms of [3_000, 2_000, 1_000]) ids.unshift(await sent(service, { startNs: nsAgo(ms) }));
  await sent(someService());
  assert.deepEqual(await search({ service }), ids);
  assert.deepEqual(await search({ service, limit: '2' }), ids.slice(0, 2));
  assert.deepEqual(await search({ service: someService() }), []);
});

test('a search without a limit gives a hundred', async () => {
  const service = someService();
  const spans = Array.from({ length: 101 }, () => someSpan({ startNs: nsAgo(1_000) }));
  await sendHttp(target.otlpHttpUrl, encodeRequest(spans, service));
  for (const { traceId } of spans) await see(traceId, 1);
  assert.equal((await search({ service })).length, 100);
  assert.equal((await search({ service, limit: '200' })).length, 101);
});

test('a search gives traces whole', async () => {
  const [service, other] = [someService(), someService()];
  const traceId = await sent(service);
  await sendAndSee([someSpan({ traceId })], other, 2);
  const { body } = await ask<JaegerTrace[]>(`/api/traces?service=${service}`);
  assert.equal(body.data![0]!.spans.length, 2);
});

test('a search goes by operation', async () => {
  const service = someService();
  const id = await sent(service, { name: 'this one' });
  await sent(service, { name: 'that one' });
  assert.deepEqual(await search({ service, operation: 'this one' }), [id]);
  assert.deepEqual(await search({ service, operation: 'this' }), []);
});

test('a search goes by duration, in several units', async () => {
  const service = someService();
  const lasting = (ms: number) => {
    const startNs = nsAgo(10_000);
    return sent(service, { startNs, endNs: startNs + BigInt(ms) * 1_000_000n });
  };
  const long = await lasting(1_300);
  const short = await lasting(20);
  assert.deepEqual(await search({ service, minDuration: '1.2s' }), [long]);
  assert.deepEqual(await search({ service, minDuration: '5us', maxDuration: '100ms' }), [short]);
  assert.deepEqual(await search({ service, minDuration: '20ms', maxDuration: '20ms' }), [short]);
  assert.deepEqual(await search({ service, minDuration: '1m' }), []);
  for (const [name, text] of [
    ['minDuration', '5'],
    ['maxDuration', 'long'],
  ] as const) {
    const { status, body } = await ask(`/api/traces?service=${service}&${name}=${text}`);
    assert.equal(status, 400);
    assert.match(body.errors![0]!.msg, new RegExp(`unable to parse param '${name}'`));
  }
  const swapped = await ask(`/api/traces?service=${service}&minDuration=2s&maxDuration=1s`);
  assert.equal(swapped.status, 400);
  assert.equal(swapped.body.errors![0]!.msg, "'maxDuration' should be greater than 'minDuration'");
});

test('a search goes by tags: all of them, in the span, its events or the resource', async () => {
  const service = someService();
  const span = someSpan({
    startNs: nsAgo(1_000),
    attributes: { 'http.status': 503n, route: '/a b', 'is:ok': true },
    events: [{ name: 'retry', timeNs: nsAgo(1_000), attributes: { attempt: 'second' } }],
    status: { code: 2 },
  });
  await sendAndSee([span], { resource: { 'service.name': service, region: 'north' } });
  await sent(service, { attributes: { 'http.status': 200n, route: '/a b' } });
  const byTags = (tags: object) => search({ service, tags: JSON.stringify(tags) });
  for (const tags of [
    { 'http.status': '503' },
    { 'http.status': '503', route: '/a b', 'is:ok': 'true' },
    { attempt: 'second' },
    { region: 'north' },
    { error: 'true' },
  ]) {
    assert.deepEqual(await byTags(tags), [span.traceId], JSON.stringify(tags));
  }
  assert.deepEqual(await byTags({ 'http.status': '503', route: '/other' }), []);
  assert.equal((await byTags({ route: '/a b' })).length, 2);

  for (const tags of ['{', '[]', '{"a":1}']) {
    const { status, body } = await ask(`/api/traces?service=${service}&tags=${encodeURIComponent(tags)}`);
    assert.equal(status, 400, tags);
    assert.match(body.errors![0]!.msg, /malformed 'tags' parameter/);
  }
});

test('a search goes by time in µs, and two days back if nothing is said', async () => {
  const service = someService();
  const old = await sent(service, { startNs: nsAgo(3 * dayMs) });
  const recent = await sent(service, { startNs: nsAgo(dayMs) });
  assert.deepEqual(await search({ service }), [recent]);
  assert.deepEqual(await search({ service, start: usAgo(4 * dayMs), end: usAgo(2 * dayMs) }), [old]);
  assert.equal((await search({ service, start: usAgo(4 * dayMs) })).length, 2);
  const { status, body } = await ask(`/api/traces?service=${service}&start=yesterday`);
  assert.equal(status, 400);
  assert.match(body.errors![0]!.msg, /unable to parse param 'start'/);
});

test('an unknown trace is 404 with the words of Jaeger, an id that is none 400', async () => {
  const unknown = await ask(`/api/traces/${someTraceId()}`);
  assert.equal(unknown.status, 404);
  assert.deepEqual(unknown.body.errors, [{ code: 404, msg: 'trace not found' }]);
  assert.equal(unknown.body.data, null);
  for (const id of ['xyz', 'ab'.repeat(17), '%20']) {
    const { status, body } = await ask(`/api/traces/${id}`);
    assert.equal(status, 400, id);
    assert.equal(body.errors![0]!.code, 400);
  }
});

test('an id is found in upper case and without its leading zeros', async () => {
  const traceId = `00000000${someSpanId()}abcdef00`;
  await sendAndSee([someSpan({ traceId })], someService());
  for (const id of [traceId.toUpperCase(), traceId.replace(/^0+/, '')]) {
    assert.equal((await ask(`/api/traces/${id}`)).status, 200, id);
  }
});

test('dependencies count the calls from service to service within the look-back', async () => {
  const [caller, called] = [someService(), someService()];
  const startNs = nsAgo(60_000);
  const root = someSpan({ startNs, endNs: startNs + 10_000_000n, kind: 3 });
  const child = () =>
    someSpan({ traceId: root.traceId, parentId: root.spanId, startNs: startNs + 1_000_000n });
  await sendAndSee([root], caller);
  await sendAndSee([child(), child()], called, 3);

  const calls = async (parameters: string) => {
    const { status, body } = await ask<{ parent: string }[]>(`/api/dependencies?${parameters}`);
    assert.equal(status, 200);
    return (body.data ?? []).filter(({ parent }) => parent === caller);
  };
  const edge = { parent: caller, child: called, callCount: 2 };
  const now = Date.now();
  await eventually(
    async () => (await calls(`endTs=${now}&lookback=3600000`)).length > 0,
    'the edge is there',
  );
  const across = (await calls(`endTs=${now}&lookback=3600000`)).filter(
    (call) => call.parent !== (call as typeof edge).child,
  );
  assert.deepEqual(across, [edge]);
  assert.deepEqual(await calls(`endTs=${now - 2 * 3_600_000}&lookback=3600000`), []);
});

test('pages are there under the addresses that Jaeger has', async () => {
  const service = someService();
  const id = await sent(service);
  for (const path of [
    '/search',
    `/search?service=${service}`,
    `/trace/${id}`,
    `/trace/${id}?uiFind=GET`,
    '/dependencies',
  ]) {
    const page = await fetch(target.queryUrl + path);
    assert.equal(page.status, 200, path);
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/, path);
    await page.arrayBuffer();
  }
});

function inJson(traceId: string): string {
  const span = {
    traceId: traceId.toUpperCase(),
    spanId: someSpanId(),
    name: 'json',
    startTimeUnixNano: String(nsAgo(1_000)),
    endTimeUnixNano: String(nsAgo(900)),
  };
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: someService() } }] };
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] });
}

function inProtobuf(traceId: string): Buffer {
  return encodeRequest([someSpan({ traceId })], someService());
}

test('a receiver takes protobuf and JSON, gzipped or not, and answers in kind', async () => {
  for (const [type, encode] of [
    ['application/json', inJson],
    ['application/x-protobuf', inProtobuf],
  ] as const) {
    for (const packed of [false, true]) {
      const traceId = someTraceId();
      const body = Buffer.from(encode(traceId));
      const response = await sendHttp(target.otlpHttpUrl, packed ? gzipSync(body) : body, {
        'content-type': type,
        ...(packed && { 'content-encoding': 'gzip' }),
      });
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('content-type')?.split(';')[0], type);
      // Unset in full, or set to a partial success of nothing.
      if (type === 'application/json') {
        const { partialSuccess = {} } = (await response.json()) as { partialSuccess?: object };
        assert.deepEqual(partialSuccess, {});
      } else {
        assert.ok(['', '0a00'].includes(Buffer.from(await response.arrayBuffer()).toString('hex')));
      }
      await see(traceId, 1);
    }
  }
});

test('a receiver refuses bad data as the fault of the one who sent it', async () => {
  const span = someSpan();
  const truncated = Buffer.concat([encodeRequest([span]), encodeRequest([someSpan()]).subarray(0, -1)]);
  assert.equal((await sendHttp(target.otlpHttpUrl, truncated)).status, 400);
  assert.equal((await sendHttp(target.otlpHttpUrl, '{"resourceSpans":')).status, 400);
  assert.equal((await sendHttp(target.otlpHttpUrl, 'x', { 'content-type': 'text/plain' })).status, 415);
  assert.equal((await ask(`/api/traces/${span.traceId}`)).status, 404);
});
