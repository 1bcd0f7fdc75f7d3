import assert from 'node:assert/strict';
import { test } from 'node:test';
import { queryTrace, tracesAt, tracesIn } from '#workshop/backend/query';
import { linkedSpans } from '#workshop/backend/store/linked-spans';
import { TraceStore } from '#workshop/backend/store/store';
import type { JaegerSpan } from '#workshop/trace/jaeger-json';
import { waterfallText } from '#workshop/trace/text';
import type { Waterfall } from '#workshop/trace/waterfall';
import { highlightsOf } from '#workshop/viewer/trace/highlights';
import { freshBackend, get, getTrace } from '../backend/backend.ts';
import { encodeRequest, sendHttp, someSpan, someSpanId, someTraceId } from '../support/otlp.ts';
import { responseForPage, sendCase, waterfallOnPage } from './traces.ts';

const tree = ({ rows }: Waterfall) => rows.map(({ span, depth }) => `${'  '.repeat(depth)}${span.name}`);
const rowOf = ({ rows }: Waterfall, name: string) => rows.find(({ span }) => span.name === name)!;
const id = (number: number) => String(number).padStart(16, '0');

test('time in which a descendant runs is neither a gap nor self time, even after the child has ended', async (t) => {
  const backend = await freshBackend(t);
  const traceId = await sendCase(backend, 'consumer-outlives-producer');
  const waterfall = await waterfallOnPage(backend, traceId);
  const { selfUs, gaps } = rowOf(waterfall, 'POST /checkout');
  assert.deepEqual([selfUs, gaps], [10_000 + 18_000 + 70_000, []]);
  assert.deepEqual(highlightsOf(waterfall), []);
  const text = waterfallText((await queryTrace(backend.queryUrl, traceId))!, { explain: true });
  assert.doesNotMatch(text, /░|nothing below/);
});

test('a span without a start or an end has no duration, and says which time is missing', async (t) => {
  const backend = await freshBackend(t);
  const traceId = await sendCase(backend, 'unset-times');
  const jaeger = await getTrace(backend, traceId);
  const onPage = await waterfallOnPage(backend, traceId);
  const text = waterfallText((await queryTrace(backend.queryUrl, traceId))!, { explain: true, width: 140 });

  assert.equal(onPage.durationUs, 100_000);
  const warningOf = (name: string) => rowOf(onPage, name).warnings.map((warning) => warning.text);
  const said = {
    'still running': 'has no end: it was sent before it ended',
    'began unseen': 'has no start: it was sent without the time at which it started',
    'never timed': 'has no times: it was sent without its start and its end',
  };
  for (const [name, sentence] of Object.entries(said)) {
    assert.deepEqual(warningOf(name), [sentence]);
    assert.ok(text.includes(`! ${sentence}`), text);
    const span = jaeger!.spans.find(({ operationName }) => operationName === name)!;
    assert.equal(span.duration, 0);
    assert.ok(span.warnings?.includes(sentence));
  }
  assert.match(text, /^worker: nightly job {2}100 ms/);
  assert.match(text, /still running +\+10 ms +no end/);
  assert.match(text, /began unseen +\? +no start/);
  assert.match(text, /never timed +\? +no times/);
  assert.doesNotMatch(text, /clock|−|\d h/);

  const found = await get<{ traces: { durationUs: number }[] }>(backend, '/viewer/search?service=worker');
  assert.equal(
    (found.body as unknown as { traces: { durationUs: number }[] }).traces[0]!.durationUs,
    100_000,
  );
});

test('a server with the span id of its client is shown below the client, and its own spans below it', async (t) => {
  const backend = await freshBackend(t);
  const traceId = await sendCase(backend, 'shared-span-id');
  const waterfall = await waterfallOnPage(backend, traceId);
  assert.deepEqual(tree(waterfall), [
    'GET /cart',
    '  GET',
    '    connect',
    '    GET /items',
    '      select items',
  ]);
  assert.deepEqual(
    waterfall.rows.flatMap(({ warnings }) => warnings),
    [],
  );

  const jaeger = new Map((await getTrace(backend, traceId))!.spans.map((span) => [span.operationName, span]));
  const ids = ({ spanID, references }: JaegerSpan) => [spanID, references[0]?.spanID];
  assert.deepEqual(ids(jaeger.get('GET /items')!), [id(5), id(2)]);
  assert.deepEqual(ids(jaeger.get('select items')!), [id(4), id(5)]);
  assert.deepEqual(ids(jaeger.get('connect')!), [id(3), id(2)]);

  const graph = await get<{ parent: string; child: string; callCount: number }[]>(
    backend,
    `/api/dependencies?endTs=${1_790_000_100_000}`,
  );
  assert.deepEqual(graph.body.data, [{ parent: 'web', child: 'cart', callCount: 1 }]);
});

test('a search without an end finds a trace whose clock is ahead', async (t) => {
  const backend = await freshBackend(t);
  const startNs = BigInt(Date.now() + 20 * 60_000) * 1_000_000n;
  const span = {
    traceId: 'ca5e0000000000000000000000000005',
    spanId: id(1),
    name: 'ahead',
    startTimeUnixNano: String(startNs),
    endTimeUnixNano: String(startNs + 50_000_000n),
  };
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'ahead' } }] };
  const body = JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] });
  assert.equal((await sendHttp(backend.otlpHttpUrl, body)).status, 200);
  for (const range of ['', '&lookback=1h']) {
    const response = await fetch(`${backend.queryUrl}/viewer/search?service=ahead${range}`);
    assert.equal(((await response.json()) as { traces: unknown[] }).traces.length, 1, range);
  }
});

test('a page gets what the SDK dropped, the attributes of links, and the spans at both ends of them', async (t) => {
  const backend = await freshBackend(t);
  const shopId = await sendCase(backend, 'dropped-counts-and-links');
  const billingId = shopId.replace(/13$/, '14');
  const { span } = (await waterfallOnPage(backend, billingId)).rows[0]!;
  assert.deepEqual(span.dropped, { attributes: 2, events: 5, links: 1 });
  assert.deepEqual(span.links[0]!.attributes, { reason: 'collected overnight' });
  assert.deepEqual([span.links[0]!.droppedAttributes, span.events[0]!.droppedAttributes], [1, 4]);

  const order = { traceId: shopId, spanId: '00000000000000a1', service: 'shop', name: 'place order' };
  const invoices = { traceId: billingId, spanId: span.spanId, service: 'billing', name: 'write invoices' };
  const ofBilling = await responseForPage(backend, billingId);
  assert.deepEqual(ofBilling.linked, { targets: [order], backlinks: [] });
  const ofShop = await responseForPage(backend, shopId);
  assert.deepEqual(ofShop.linked, { targets: [], backlinks: [{ ...invoices, to: order.spanId }] });
});

test('the terminal shows the same, whether the backend runs in its process or in another one', async (t) => {
  const backend = await freshBackend(t);
  const shopId = await sendCase(backend, 'dropped-counts-and-links');
  const billingId = shopId.replace(/13$/, '14');
  for (const traces of [tracesIn(backend.store, backend.logs), tracesAt(backend.queryUrl, 'embedded')]) {
    const notesOf = async (traceId: string) => {
      const { trace, linked } = (await traces.whole(traceId))!;
      const notes = waterfallText(trace, { linked, width: 400 }).split('\n').slice(4);
      return notes.map((note) => note.trim());
    };
    assert.deepEqual(await notesOf(billingId), [
      '! the limits of the SDK dropped 2 attributes, 5 events, 1 link, 4 attributes of its events, and 1 attribute of its links',
      `→ link to span 00000000000000a1 of trace ${shopId} (shop: place order) reason=collected overnight`,
      '→ link to span 00000000000000ff of trace ca5e00000000000000000000000000ff',
    ]);
    assert.deepEqual(await notesOf(shopId), [
      `← linked from span 00000000000000b1 of trace ${billingId} (billing: write invoices)`,
    ]);
  }
  // As from Jaeger, whose JSON has neither the attributes of links nor what links to a span.
  const { trace, linked, services } = (await tracesAt(backend.queryUrl, 'jaeger').whole(billingId))!;
  assert.match(waterfallText(trace, { linked, width: 400 }), /→ link to .+13 \(shop: place order\)$/m);
  assert.deepEqual(services, ['billing', 'shop']);
});

test('the links of a dropped trace lead nowhere, and take no memory', () => {
  const [linking, target] = [someTraceId(), someTraceId()];
  const links = [{ traceId: target, spanId: someSpanId() }];
  const store = new TraceStore({ spans: 2 });
  store.add(encodeRequest([someSpan({ traceId: linking, links })]));
  store.add(encodeRequest([someSpan({ traceId: target })]));
  const backlinks = () => linkedSpans(store, store.get(target)!).backlinks;
  assert.equal(backlinks().length, 1);
  const { bytes } = store.status();
  store.add(encodeRequest([someSpan()]));
  assert.deepEqual(backlinks(), []);
  assert.ok(store.status().bytes < bytes);
});
