/** The bar at the top of every page: in the document it stands by itself, a script wakes it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { skipWithoutBrowser as skip } from '../support/browser.ts';
import { traceIdOf, traceOf } from './traces.ts';
import { closed, desktop, laptop, narrowest, phone, viewer } from './viewer.ts';

const pages = viewer();

const windows = [
  { name: 'desktop', viewport: desktop },
  { name: 'phone', viewport: phone },
  { name: 'narrowest', viewport: narrowest },
  { name: 'projector', viewport: laptop, projector: true },
  { name: 'narrowest with a projector', viewport: narrowest, projector: true },
];

/** Where everything in the bar lies, in px, and its colours, but for that of the theme's name. */
function pictureOf(page: Page): Promise<unknown[]> {
  return page.locator('.masthead, .masthead *:not(option)').evaluateAll((elements) =>
    elements.map((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      const { backgroundColor, color } = getComputedStyle(element);
      return [x, y, width, height, backgroundColor, element.matches('select') || color];
    }),
  );
}

/** Opens a page whose script is held back. `wake` lets it run, and waits until the page is drawn. */
async function openAsleep(path: string, options: Parameters<typeof pages.open>[1] = {}) {
  const page = await pages.open('/nothing', options);
  let letGo = () => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  await page.route('**/page.tsx', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(pages.backend.queryUrl + path, { waitUntil: 'commit' });
  await page.locator('.masthead').waitFor();
  const wake = async () => {
    letGo();
    await page.locator('#content').waitFor();
  };
  return { page, wake };
}

for (const { name, ...options } of windows) {
  test(`the bar stands before a script wakes it, which moves nothing in it: ${name}`, { skip }, async () => {
    const { page, wake } = await openAsleep('/dependencies', options);
    assert.equal(await page.locator('nav [aria-current=page]').textContent(), 'Dependencies');
    const before = await pictureOf(page);
    await wake();
    assert.deepEqual(await pictureOf(page), before);
    await closed(page, /status of 404/);
  });
}

test('without any script its links lead on', { skip }, async () => {
  const page = await pages.open('/dependencies', { javaScriptEnabled: false });
  await page.getByRole('link', { name: 'Search' }).click();
  await page.waitForURL('**/search');
  await closed(page);
});

test('what needs the script cannot be reached until it is there', { skip }, async () => {
  const { page, wake } = await openAsleep('/dependencies');
  const tools = page.locator('.masthead :is(input, select, button)');
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
  'theme, size and the list of keys can be had by pointer and by key, and the bar says which',
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

    const keys = page.getByRole('dialog', { name: 'Keys' });
    await page.getByRole('button', { name: 'Keys' }).click();
    await keys.getByText('go to the search').waitFor();
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
  test(`the field says what it cannot take, and all of that can be read: ${name}`, { skip }, async () => {
    const page = await pages.open('/search', options);
    const field = page.getByRole('textbox', { name: 'Trace id' });
    const problem = page.locator('#lookup-problem');

    await field.press('Enter');
    assert.equal(await problem.textContent(), 'Paste a trace id first.');
    await field.fill('nonsense');
    assert.equal(await problem.textContent(), '');
    await field.press('Enter');
    assert.equal(await problem.textContent(), 'A trace id has up to 32 digits of 0–9 and a–f.');
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    const { x, width } = (await problem.boundingBox())!;
    assert.ok(x >= 0 && x + width <= options.viewport.width, `from ${x} px, ${width} px wide`);
    await closed(page);
  });
}

test('the field takes an id, or a line with one in it', { skip }, async () => {
  const [id] = await pages.send(traceOf('looked-up', [{ id: 'root' }]));
  for (const text of [id!, `http://localhost/trace/${id!.toUpperCase()}`, `trace_id=${id} span_id=1`]) {
    const page = await pages.open('/search');
    const field = page.getByRole('textbox', { name: 'Trace id' });
    await field.fill(text);
    await field.press('Enter');
    await page.waitForURL(`**/trace/${traceIdOf('looked-up')}`);
    await closed(page);
  }
});
