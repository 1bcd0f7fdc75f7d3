/** The header of every page: it is part of the document, and a script activates it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { request } from 'undici';
import { skipWithoutBrowser as skip } from '../support/browser.ts';
import { encodeRequest, someSpan } from '../support/otlp.ts';
import { slowTest, test } from '../support/tests.ts';
import { spanIdOf, traceIdOf, traceOf } from './traces.ts';
import { accessible, closed, desktop, laptop, narrowest, phone, viewer } from './viewer.ts';

const pages = viewer();

const windows = [
  { name: 'desktop', viewport: desktop },
  { name: 'phone', viewport: phone },
  { name: 'narrowest', viewport: narrowest },
  { name: 'projector', viewport: laptop, projector: true },
  { name: 'narrowest with a projector', viewport: narrowest, projector: true },
];

/** The positions in px and the colors of all elements in the header, except for the color of the theme's name. */
function pictureOf(page: Page): Promise<unknown[]> {
  return page.locator('.site-header, .site-header *:not(option)').evaluateAll((elements) =>
    elements.map((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      const { backgroundColor, color } = getComputedStyle(element);
      return [x, y, width, height, backgroundColor, element.matches('select') || color];
    }),
  );
}

/** Opens a page whose script is blocked. `wake` lets it run and waits until the page is drawn. */
async function openAsleep(path: string, options: Parameters<typeof pages.open>[1] = {}) {
  const page = await pages.open('/nothing', options);
  let letGo = () => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  await page.route(/\/assets\/\w+\/(?!early)\w+\.js$/, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(pages.backend.queryUrl + path, { waitUntil: 'commit' });
  await page.locator('.site-header').waitFor();
  const wake = async () => {
    letGo();
    await page.locator('#content').waitFor();
  };
  return { page, wake };
}

for (const { name, ...options } of windows) {
  (name === 'desktop' ? test : slowTest)(
    `the header is drawn before the script runs, which moves nothing in it: ${name}`,
    { skip },
    async () => {
      const { page, wake } = await openAsleep('/dependencies', options);
      assert.equal(await page.locator('nav [aria-current=page]').textContent(), 'Service graph');
      const before = await pictureOf(page);
      await wake();
      assert.deepEqual(await pictureOf(page), before);
      await closed(page, /status of 404/);
    },
  );
}

slowTest(
  'nothing in the header moves, even if the rest of it arrives after the first paint',
  { skip },
  async (t) => {
    let painted = () => {};
    const isPainted = new Promise<void>((resolve) => (painted = resolve));
    const server = createServer(async ({ url }, response) => {
      if (url === '/painted') painted();
      const { headers, body } = await request(pages.backend.queryUrl + url);
      const bytes = Buffer.from(await body.arrayBuffer());
      response.setHeader('content-type', String(headers['content-type']));
      if (url === '/search') {
        const half = bytes.indexOf('<div class="switches"');
        assert.ok(half > 0);
        response.write(bytes.subarray(0, half));
        await isPainted;
        response.end(bytes.subarray(half));
      } else response.end(bytes);
    }).listen(0, 'localhost');
    t.after(() => server.closeAllConnections());
    t.after(() => server.close());
    await once(server, 'listening');

    const page = await pages.open('/nothing');
    await page.addInitScript(() => {
      const moved: unknown[] = [];
      Object.assign(window, { moved });
      new PerformanceObserver((list) => moved.push(...list.getEntries())).observe({ type: 'layout-shift' });
      requestAnimationFrame(() => requestAnimationFrame(() => void fetch('/painted')));
    });
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/search`);
    await page.locator('#content').waitFor();
    assert.deepEqual(await page.evaluate(() => (window as unknown as { moved: unknown[] }).moved), []);
    await closed(page, /status of 404/);
  },
);

test('the links in the header work without scripts', { skip }, async () => {
  const page = await pages.open('/dependencies', { javaScriptEnabled: false });
  await page.getByRole('link', { name: 'Search' }).click();
  await page.waitForURL('**/search');
  await closed(page);
});

test('controls that need the script cannot be focused until it has run', { skip }, async () => {
  const { page, wake } = await openAsleep('/dependencies');
  const tools = page.locator('.site-header :is(input, select, button)');
  const focusable = () =>
    tools.evaluateAll((elements) =>
      elements.map((element) => {
        (element as HTMLElement).focus();
        return document.activeElement === element;
      }),
    );
  assert.deepEqual(await focusable(), [false, false, false, false]);
  await wake();
  assert.deepEqual(await focusable(), [true, true, true, true]);
  await closed(page, /status of 404/);
});

test(
  'theme, size, and the list of shortcuts work by pointer and by key, and the header shows their state',
  { skip },
  async () => {
    const page = await pages.open('/search');
    const chosen = () =>
      page.evaluate(() => [
        document.documentElement.dataset['theme'],
        document.documentElement.dataset['size'],
      ]);
    const themes = page.getByLabel('Theme');
    const projector = page.getByRole('button', { name: 'Projector' });
    const said = async () => [await themes.inputValue(), await projector.getAttribute('aria-pressed')];

    await themes.selectOption('dark');
    await projector.click();
    assert.deepEqual(await chosen(), ['dark', 'projector']);
    assert.deepEqual(await said(), ['dark', 'true']);

    await page.reload();
    await page.locator('#content').waitFor();
    assert.deepEqual(await said(), ['dark', 'true']);
    await page.locator('body').press('x');
    await page.locator('body').press('T');
    assert.deepEqual(await chosen(), ['system', 'normal']);
    assert.deepEqual(await said(), ['system', 'false']);

    const keys = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
    await keys.getByText('go to search').waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    await keys.waitFor({ state: 'hidden' });
    await page.locator('body').press('?');
    await keys.waitFor();
    await page.keyboard.press('?');
    await keys.waitFor({ state: 'hidden' });
    await closed(page);
  },
);

for (const { name, ...options } of windows) {
  (name === 'phone' ? test : slowTest)(
    `the field says why its text is invalid, and the sentence is fully visible: ${name}`,
    { skip },
    async () => {
      const page = await pages.open('/search', options);
      const field = page.getByRole('textbox', { name: 'Trace or span id' });
      const problem = page.locator('#lookup-problem');

      await field.press('Enter');
      assert.equal(await problem.textContent(), 'Paste a trace id first.');
      await field.fill('nonsense');
      assert.equal(await problem.textContent(), '');
      await field.press('Enter');
      assert.equal(
        await problem.textContent(),
        'This is not an id. A trace id has 32 hexadecimal digits, a span id has 16.',
      );
      assert.equal(await field.getAttribute('aria-invalid'), 'true');
      await field.fill('abc0');
      await field.press('Enter');
      await problem.getByText('No stored trace or span has the id abc0.').waitFor();
      const { x, width } = (await problem.boundingBox())!;
      assert.ok(x >= 0 && x + width <= options.viewport.width, `from ${x} px, ${width} px wide`);
      await closed(page);
    },
  );
}

test('the field accepts the id of a trace or span, shortened or in a line', { skip }, async () => {
  const [id] = await pages.send(traceOf('looked-up', [{ id: 'root' }]));
  const spanId = spanIdOf('looked-up', 'root');
  for (const text of [id!, `trace_id=${id} span_id=1`, id!.slice(0, 8).toUpperCase(), `span_id=${spanId}`]) {
    const page = await pages.open('/search');
    const field = page.getByRole('textbox', { name: 'Trace or span id' });
    await field.fill(text);
    await field.press('Enter');
    await page.waitForURL(
      `**/trace/${traceIdOf('looked-up')}${text.includes(spanId) ? `?*#span-${spanId}` : ''}`,
    );
    await closed(page);
  }
});

test(
  'a link with a shortened id lists the traces whose ids begin with it, and opens the only one',
  { skip },
  async () => {
    for (const beginning of ['abcdef01', 'abcdef02']) {
      const traceId = beginning.padEnd(32, '0');
      await pages.send({ traceId, messages: [encodeRequest([someSpan({ traceId })])] });
    }
    const page = await pages.open('/trace/abcdef');
    await page.getByRole('heading', { name: '2 traces with ids that begin with abcdef' }).waitFor();
    await accessible(page);
    await page.goto(`${pages.backend.queryUrl}/trace/abcdef02`);
    await page.waitForURL(`**/trace/${'abcdef02'.padEnd(32, '0')}`);
    await page.goto(`${pages.backend.queryUrl}/trace/abcdef03`);
    await page.getByText('A full trace id has 32 digits, and this one has 8.').waitFor();
    await closed(page);
  },
);
