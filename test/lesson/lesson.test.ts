import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { request, type IncomingMessage, type RequestOptions } from 'node:http';
import { join } from 'node:path';
import { after, before } from 'node:test';
import type { Browser } from 'playwright-core';
import type { UsedBackend } from '#workshop/backend/connect';
import { type Backend, startBackend } from '#workshop/backend/start';
import { listSteps } from '#workshop/course/list';
import { tracePageIn } from '#workshop/lesson/runs';
import { serveLesson } from '#workshop/lesson/server';
import { openSession, type Session } from '#workshop/lesson/session';
import { readmeHtml } from '#workshop/lesson/readme';
import type { LoopbackListener } from '#workshop/net/loopback';
import { tinyCourse } from '../course/tiny-course.ts';
import { skipWithoutBrowser as skip, useBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { runScript } from '../support/process.ts';
import { test } from '../support/tests.ts';
import { accessible } from '../viewer/viewer.ts';

const token = 'a-token-of-this-test';
const course = await tinyCourse({ after });
let backend: Backend;
let session: Session;
let server: LoopbackListener;
let url: string;
let browser: Browser | undefined;

before(async () => {
  await course.put(1);
  backend = await startBackend({ queryPort: 0, otlpGrpcPort: 0, otlpHttpPort: 0 });
  const used = { kind: 'embedded', started: true, url: backend.queryUrl } as UsedBackend;
  const useBackend = () => Promise.resolve(used);
  session = await openSession(course, useBackend);
  server = await serveLesson({ session, course, useBackend, token, port: 0 });
  url = `http://localhost:${server.port}`;
  if (!skip) browser = await useBrowser();
});
after(async () => {
  await browser?.close();
  await server.close();
  await session.close();
  await backend.close();
});

const selected = () => session.state.value.selected;

/** Sends a request as it is: fetch would not send any Host or Origin. */
async function send(
  path: string,
  options: RequestOptions,
  body = '{"step":"03-be-polite"}',
): Promise<number> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ port: server.port, host: 'localhost', path, ...options }, resolve)
      .once('error', reject)
      .end(options.method === 'GET' ? undefined : body);
  });
  response.resume();
  return response.statusCode!;
}

test('only a request with the token, of our own page, and to a local host changes anything', async () => {
  const origin = url;
  const good = { origin, 'x-lesson-token': token, 'content-type': 'application/json' };
  const hostile: Record<string, RequestOptions> = {
    'no token': { method: 'POST', headers: { ...good, 'x-lesson-token': '' } },
    'a wrong token': { method: 'POST', headers: { ...good, 'x-lesson-token': `${token}x` } },
    'a page on the web': { method: 'POST', headers: { ...good, origin: 'https://example.com' } },
    'a page on another port': { method: 'POST', headers: { ...good, origin: 'http://localhost:1' } },
    'a sandboxed page': { method: 'POST', headers: { ...good, origin: 'null' } },
    'a host that resolves to 127.0.0.1': {
      method: 'POST',
      headers: { ...good, host: `evil.example:${server.port}`, origin: `http://evil.example:${server.port}` },
    },
    'a GET': { method: 'GET', headers: good },
    'a PUT': { method: 'PUT', headers: good },
  };
  const shown = selected();
  for (const action of ['select', 'reset', 'save', 'restore', 'run', 'stop', 'check']) {
    for (const [what, options] of Object.entries(hostile))
      assert.equal(await send(`/lesson/do/${action}`, options), 403, `${action} of ${what}`);
  }
  const { origin: _, ...withoutOrigin } = good;
  assert.equal(await send('/lesson/do/reset', { method: 'POST', headers: withoutOrigin }), 403, 'no origin');
  assert.equal(selected(), shown);
  assert.ok(await course.isStep(1));
  assert.equal(session.state.value.run.output, '');

  assert.equal(await send('/lesson/do/select', { method: 'POST', headers: good }), 200);
  assert.equal(selected(), '03-be-polite');
  assert.equal(await send('/lesson/do/format-disk', { method: 'POST', headers: good }), 404);
});

test('the page follows what other commands do, and its own actions lose nothing', async (t) => {
  const { actions, state } = session;
  await actions.select({ step: '01-say-hello' });
  const { code } = await runScript(t, 'test/course/put-steps.ts', [course.root, course.state, '2']);
  assert.equal(code, 0);
  await eventually(() => selected() === '03-be-polite', 'the page goes on to the next step');
  await eventually(() => state.value.workingCopy.number === 2, 'it shows what is in the working copy');

  await course.write('run.ts', '// mine\n');
  await eventually(() => !state.value.workingCopy.exact, 'it notices a save');
  assert.match(await actions.save({}), /^Your work was saved in \.workshop.saved.\S+\.$/);
  assert.match(
    await actions.reset({}),
    /^Step 2 is now in the working copy\. Your work was saved in \S+: Restore puts it back\.$/,
  );
  assert.ok(await course.isStep(2));
  assert.match(await actions.restore({}), /^Your work from \S+ is back in the working copy\.$/);
  assert.equal(await course.read('run.ts'), '// mine\n');

  await actions.select({ step: '04-count' });
  await actions.reset({}); // a step that begins another system has code of its own to begin with
  assert.equal(await course.read('counter/app.ts'), 'export const count = () => 0;\n');
  await assert.rejects(actions.select({ step: '99-nothing' }), { message: 'There is no step "99-nothing".' });
});

test('a README can contain folded parts, code, and links, and nothing else becomes HTML', async () => {
  const html = readmeHtml(
    [
      '<details>\n<summary>Hint 1</summary>\n\n*Look* <img src=x onerror=alert(1)>\n\n</details>',
      '<script>alert(1)</script>',
      '<!-- diff 01 02 run.ts -->',
      '[two](../02-know-names/README.md#do) [app](../../greeter/app.ts) [out](../../../../etc/passwd) [js](javascript:alert)',
      '```diff\n-<b>\n+<i>\n```',
    ].join('\n\n'),
    '01-say-hello',
    '/files/',
  );
  assert.match(html, /<details>\s*<summary>Hint 1<\/summary>/);
  assert.deepEqual([...html.matchAll(/<(?:script|img|b|i)\b/g)], []);
  assert.doesNotMatch(html, /diff 01 02/);
  assert.match(html, /href="\/files\/steps\/02-know-names\/README.md#do" data-step="02-know-names"/);
  assert.match(html, /href="\/files\/greeter\/app.ts" target="_blank"/);
  assert.match(html, /href="\/files\/etc\/passwd"/);
  assert.match(html, /href="\/files\/steps\/01-say-hello\/javascript:alert"/);
  assert.match(html, /<span class="added">\+&#60;i&#62;<\/span>/);
});

test('the READMEs of all steps contain no HTML that would be shown as text', async () => {
  for (const { name, folder } of await listSteps()) {
    const html = readmeHtml(await readFile(join(folder, 'README.md'), 'utf8'), name, '/files/');
    const text = html.replaceAll(/<code[\s\S]*?<\/code>/g, '');
    assert.doesNotMatch(text, /&#60;|&lt;/, name);
  }
});

test('files that a README links to are shown as text, and no others', async () => {
  await course.write('.secret', 'secret\n');
  await course.write('node_modules/x.ts', 'secret\n');
  const get = (path: string) => send(path, { method: 'GET' });
  assert.equal(await get('/lesson/files/steps/01-say-hello/run.ts'), 200);
  for (const path of ['.secret', 'node_modules/x.ts', '..%2f..%2fetc/passwd', '%2e%2e/x', 'steps', 'none.ts'])
    assert.equal(await get(`/lesson/files/${path}`), 404, path);
});

test('the last trace that run.ts has named is shown or, if there is none, the search that finds it', () => {
  const at = 'http://localhost:16686';
  const id = 'ab'.repeat(16);
  assert.equal(tracePageIn(`x\n${at}/trace/${id}\nCompare: ${at}/trace/${id}...${id}\n`, at), `/trace/${id}`);
  assert.equal(
    tracePageIn(`found by searching: ${at}/search?service=bands-api\n`, at),
    '/search?service=bands-api',
  );
  assert.equal(tracePageIn(`http://evil.example/trace/${id}\n${at}.evil.example/trace/${id}`, at), undefined);
});

test('no other origin can show the page or a trace in a frame', async () => {
  const policyOf = async (path: string) => (await fetch(url + path)).headers.get('content-security-policy')!;
  assert.match(
    await policyOf('/lesson'),
    /default-src 'none'; script-src 'self'.*frame-src 'self'; frame-ancestors 'none'/,
  );
  assert.match(await policyOf('/search'), /frame-ancestors 'self'/);
  const ofBackend = await fetch(`${backend.queryUrl}/search`);
  assert.match(ofBackend.headers.get('content-security-policy')!, /frame-ancestors 'none'/);
  assert.equal((await fetch(`${url}/viewer/search`)).status, 200);
});

test('the page shows the steps and the README, moves nothing, and is accessible', { skip }, async () => {
  await session.actions.select({ step: '01-say-hello' });
  const page = await browser!.newPage({ viewport: { width: 1280, height: 720 } });
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.addInitScript(() => {
    const moved: unknown[] = [];
    Object.assign(window, { moved });
    new PerformanceObserver((list) => moved.push(...list.getEntries())).observe({
      type: 'layout-shift',
      buffered: true,
    });
  });
  await page.goto(`${url}/lesson#token=of-an-earlier-start`);
  await page.goto(`${url}/lesson#token=${token}`); // in the same tab, this only changes the fragment
  await page.getByRole('heading', { name: '1. Say hello' }).waitFor();
  await page.waitForURL(`${url}/lesson`); // the token is not shown
  assert.deepEqual(
    await page
      .locator('.step')
      .allTextContents()
      .then((texts) => texts.length),
    4,
  );
  await page.getByText('is missing: `git checkout HEAD -- steps` restores it.').waitFor(); // the tiny course has no checks
  assert.deepEqual(await page.evaluate(() => (window as unknown as { moved: unknown[] }).moved), []);
  await accessible(page);

  await page.keyboard.press('n');
  await page.getByRole('heading', { name: '2. Know names' }).waitFor();
  await page.getByRole('button', { name: 'Differences' }).click();
  await page.getByRole('button', { name: 'Show me what differs' }).click();
  await session.actions.reset({});
  await page.getByText('+export const known').waitFor();
  await accessible(page);
  await page.close();
  assert.deepEqual(complaints, []);
});
