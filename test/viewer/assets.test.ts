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

/** The paths of everything that a document loads. */
function loadedBy(html: string): string[] {
  return [...html.matchAll(/<(?:script|link)\b[^>]* (?:src|href)="(\/[^"]+)"/g)].map(([, path]) =>
    path!.replaceAll('&#38;', '&'),
  );
}

/** The size of a response on the wire, in bytes. */
async function sizeOf(path: string): Promise<number> {
  const { request } = await import('undici');
  const { body } = await request(backend.queryUrl + path, { headers: { 'accept-encoding': 'gzip' } });
  return (await body.arrayBuffer()).byteLength;
}

const pagePaths = () => [
  '/search',
  `/trace/${traceIdOf('one')}`,
  '/dependencies',
  '/indicators',
  `/compare/${traceIdOf('one')}...${traceIdOf('one')}`,
  '/nothing',
];

test('a page opens with few requests and at most 60 KB, its data included', async () => {
  for (const path of pagePaths()) {
    const paths = [path, ...new Set(loadedBy(await (await get(path)).text()))];
    const data = paths.filter((each) => each.startsWith('/viewer/'));
    assert.equal(paths.length - data.length, 5, `${path} loads ${paths.join(' ')}`); // page, icon, 2 scripts, styles
    assert.ok(data.length <= 2, `${path} loads ${data.join(' ')}`);
    const sizes = await Promise.all(paths.map(sizeOf));
    const sum = sizes.reduce((total, size) => total + size, 0);
    assert.ok(sum < 60_000, `${path}: ${sum} bytes`);
  }
});

test('a page contains no inline script or style, and its policy allows none, nor any from elsewhere', async () => {
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

test('a browser caches what a page loads forever, under a path that changes with the content', async () => {
  const paths = loadedBy(await (await get('/search')).text()).filter((path) => path.startsWith('/assets/'));
  for (const path of paths) {
    const asset = await get(path);
    assert.equal(asset.status, 200, path);
    assert.equal(asset.headers.get('cache-control'), 'public, max-age=31536000, immutable');
    assert.ok(!/(?:^|;)import\b|\bimport\(|sourceMappingURL/.test(await asset.text()), `${path} loads more`);
  }
  assert.equal((await get(paths[0]!.replace(/\/assets\/\w+/, '/assets/0123456789ab'))).status, 404);
});

test('no other file of the project is served', async () => {
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

test('text from an address is text in the document', async () => {
  for (const path of [
    `/trace/${encodeURIComponent(hostile.slice(0, 40))}`,
    `/search?service=${encodeURIComponent('"><script>alert(1)</script>')}`,
  ]) {
    const html = await (await get(path)).text();
    assert.doesNotMatch(html, /<script>|<img/);
  }
});

test('ids are looked at before anything else: 400 for what can be none, 204 for what is not there', async () => {
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

test("the addresses of Jaeger's pages lead to ours", async () => {
  assert.equal((await get('/')).headers.get('location'), '/search');
  assert.equal((await get('/trace/a...b')).headers.get('location'), '/compare/a...b');
});

test('an answer is not sent again to those who have it, until there is more', async () => {
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

test('the answer for a page is a fraction of the JSON of the API', async () => {
  const id = traceIdOf('large 1000');
  const json = (await (await get(`/api/traces/${id}`)).arrayBuffer()).byteLength;
  assert.ok((await sizeOf(`/viewer/trace/${id}`)) * 10 < json);
});

test('what the API answers has no fields that Jaeger has not', async () => {
  const { data } = (await (await get('/api/dependencies')).json()) as { data: object[] };
  assert.ok(data.length > 0);
  for (const call of data) assert.deepEqual(Object.keys(call), ['parent', 'child', 'callCount']);
});
