import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Backend, startBackend } from '#workshop/backend/start';
import { sendHttp } from '../support/otlp.ts';
import { hostile, largeTrace, traceIdOf, traceOf } from './traces.ts';

let backend: Backend;
before(async () => {
  backend = await startBackend({ queryPort: 0, otlpGrpcPort: 0, otlpHttpPort: 0 });
  for (const { messages } of [largeTrace(1_000), traceOf('one', [{ id: 'root' }])]) {
    for (const message of messages) await sendHttp(backend.otlpHttpUrl, message);
  }
});
after(() => backend.close());

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(backend.queryUrl + path, { headers, redirect: 'manual' });

/** The paths of all assets that a document loads. */
function loadedBy(html: string): string[] {
  return [...html.matchAll(/<(?:script|link)\b[^>]* (?:src|href)="(\/[^"]+)"/g)].map(([, path]) =>
    path!.replaceAll('&#38;', '&'),
  );
}

/** The size of a compressed response, in bytes. */
async function sizeOf(path: string): Promise<number> {
  const { request } = await import('undici');
  const { body } = await request(backend.queryUrl + path, { headers: { 'accept-encoding': 'gzip' } });
  return (await body.arrayBuffer()).byteLength;
}

const pagePaths = () => [
  '/search',
  `/trace/${traceIdOf('one')}`,
  '/dependencies',
  `/compare/${traceIdOf('one')}...${traceIdOf('one')}`,
  '/nothing',
];

test('no page loads more than 150 KB at first, including its data', async () => {
  for (const path of pagePaths()) {
    const paths = [path, ...new Set(loadedBy(await (await get(path)).text()))];
    const sizes = await Promise.all(paths.map(sizeOf));
    const sum = sizes.reduce((total, size) => total + size, 0);
    assert.ok(paths.length > 10 && sum < 150_000, `${path}: ${sum} bytes`);
  }
});

test('no page has inline scripts or styles, and the content security policy allows none, nor any from other hosts', async () => {
  for (const path of pagePaths()) {
    const page = await get(path);
    const policy = page.headers.get('content-security-policy')!;
    assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/);
    assert.doesNotMatch(policy, /unsafe|\*|http:|data:/);
    assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
    const html = await page.text();
    assert.doesNotMatch(html, /<script(?![^>]*src=)|<style|\sstyle=|\son\w+=|https?:/);
  }
});

test('assets are cached forever, under URLs that change with their content', async () => {
  const paths = loadedBy(await (await get('/search')).text()).filter((path) => path.startsWith('/assets/'));
  for (const path of paths) {
    const asset = await get(path);
    assert.equal(asset.status, 200, path);
    assert.equal(asset.headers.get('cache-control'), 'public, max-age=31536000, immutable');
    const text = await asset.text();
    assert.doesNotMatch(
      text,
      /[^"]\bfrom"(?!\.)|sourceMappingURL/,
      `${path} imports what a browser cannot find`,
    );
  }
  assert.equal((await get(paths[0]!.replace(/\/assets\/\w+/, '/assets/0123456789ab'))).status, 404);
});

test('only the assets of the pages are served', async () => {
  const version = /\/assets\/(\w+)\//.exec(await (await get('/search')).text())![1];
  for (const path of [
    'package.json',
    'workshop/settings.ts',
    '../package.json',
    '..%2fpackage.json',
    '%2e%2e/package.json',
    '',
  ]) {
    assert.equal((await get(`/assets/${version}/${path}`)).status, 404, path);
  }
});

test('text from a URL is escaped in the document', async () => {
  for (const path of [
    `/trace/${encodeURIComponent(hostile.slice(0, 40))}`,
    `/search?service=${encodeURIComponent('"><script>alert(1)</script>')}`,
  ]) {
    const html = await (await get(path)).text();
    assert.doesNotMatch(html, /<script>|<img/);
  }
});

test('an invalid trace id gives 400, and an unknown one 204', async () => {
  const statuses: Record<string, number> = {
    '/trace/xyz': 400,
    '/viewer/trace/xyz': 400,
    [`/viewer/trace/${'a'.repeat(33)}`]: 400,
    [`/viewer/trace/${'a'.repeat(32)}`]: 204,
    [`/trace/${'a'.repeat(32)}`]: 200,
    '/compare/abc': 400,
    '/compare/a...b...c': 400,
    '/compare/a...b': 200,
    '/viewer/search?minDuration=soon': 400,
    '/viewer/search?limit=0': 400,
    '/nothing/at/all': 404,
  };
  for (const [path, status] of Object.entries(statuses)) assert.equal((await get(path)).status, status, path);
});

test("the URLs of Jaeger's pages work here too", async () => {
  assert.equal((await get('/')).headers.get('location'), '/search');
  assert.equal((await get('/trace/a...b')).headers.get('location'), '/compare/a...b');
});

test('a response is not sent again to a client that has it, until it changes', async () => {
  for (const path of [`/viewer/trace/${traceIdOf('one')}`, '/viewer/search', '/viewer/dependencies']) {
    const first = await get(path);
    const etag = first.headers.get('etag')!;
    assert.equal((await get(path, { 'if-none-match': etag })).status, 304, path);
    for (const message of traceOf('one', [{ id: `more of ${path}`, parent: 'root' }]).messages)
      await sendHttp(backend.otlpHttpUrl, message);
    const next = await get(path, { 'if-none-match': etag });
    assert.equal(next.status, 200, path);
    assert.notEqual(next.headers.get('etag'), etag);
  }
});

test("the response for a page is a fraction of the size of the API's JSON", async () => {
  const id = traceIdOf('large 1000');
  const json = (await (await get(`/api/traces/${id}`)).arrayBuffer()).byteLength;
  assert.ok((await sizeOf(`/viewer/trace/${id}`)) * 10 < json);
});

test('responses of the API have no fields that Jaeger does not have', async () => {
  const { data } = (await (await get('/api/dependencies')).json()) as { data: object[] };
  assert.ok(data.length > 0);
  for (const call of data) assert.deepEqual(Object.keys(call), ['parent', 'child', 'callCount']);
});
