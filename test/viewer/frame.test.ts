/** The bar at the top of every page: in the document it stands by itself, a script wakes it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { skipWithoutBrowser as skip } from '../support/browser.ts';
import { traceIdOf, traceOf } from './traces.ts';
import { closed, desktop, phone, viewer } from './viewer.ts';

const pages = viewer();

/** Where everything in the bar lies, in px. */
function placesIn(page: Page): Promise<number[][]> {
  return page.locator('.masthead, .masthead *:not(option)').evaluateAll((elements) =>
    elements.map((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return [x, y, width, height];
    }),
  );
}

for (const [name, viewport] of Object.entries({ desktop, phone })) {
  test(
    `the bar stands before a script has run, and none moves anything in it: ${name}`,
    { skip },
    async () => {
      const bare = await pages.open('/dependencies', { viewport, javaScriptEnabled: false });
      assert.equal(await bare.locator('nav [aria-current=page]').textContent(), 'Dependencies');
      const before = await placesIn(bare);
      await bare.getByRole('link', { name: 'Search' }).click();
      await bare.waitForURL('**/search');
      await closed(bare);

      const page = await pages.open('/dependencies', { viewport });
      await page.locator('#content').waitFor();
      assert.deepEqual(await placesIn(page), before);
      await closed(page);
    },
  );
}

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

    await themes.selectOption('dark');
    await projector.click();
    assert.deepEqual(await chosen(), ['dark', 'projector']);
    assert.equal(await projector.getAttribute('aria-pressed'), 'true');

    await page.reload();
    await page.locator('#content').waitFor();
    assert.deepEqual(
      [await themes.inputValue(), await projector.getAttribute('aria-pressed')],
      ['dark', 'true'],
    );
    await page.locator('body').press('x');
    await page.locator('body').press('T');
    assert.deepEqual(await chosen(), ['system', 'normal']);
    assert.deepEqual(
      [await themes.inputValue(), await projector.getAttribute('aria-pressed')],
      ['system', 'false'],
    );

    await page.getByRole('button', { name: 'Keys' }).click();
    await page.getByRole('dialog').getByText('go to the search').waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await closed(page);
  },
);

test(
  'the field takes an id or a line with one in it, and says what else it cannot take',
  { skip },
  async () => {
    const [id] = await pages.send(traceOf('looked-up', [{ id: 'root' }]));
    const page = await pages.open('/search');
    const field = page.getByRole('textbox', { name: 'Trace id' });
    const problem = page.locator('#lookup-problem');

    await field.press('Enter');
    assert.equal(await problem.textContent(), 'Paste a trace id first.');
    await field.fill('nonsense');
    assert.equal(await problem.textContent(), '');
    await field.press('Enter');
    assert.equal(await problem.textContent(), 'A trace id has up to 32 digits of 0–9 and a–f.');
    assert.equal(await field.getAttribute('aria-invalid'), 'true');

    await field.fill(`http://localhost/trace/${id!.toUpperCase()}`);
    await field.press('Enter');
    await page.waitForURL(`**/trace/${traceIdOf('looked-up')}`);
    await closed(page);
  },
);
