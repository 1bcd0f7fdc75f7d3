/** Working with the keyboard: every key does what the list of shortcuts says, and the focus is never lost. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { skipWithoutBrowser as skip } from '../support/browser.ts';
import { deepTrace, richTrace, spanIdOf, traceIdOf, traceOf } from './traces.ts';
import { closed, rowNames, viewer } from './viewer.ts';

const pages = viewer();

/** The id of the focused row, or else the name of the focused element. */
const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.id || document.activeElement?.tagName);
const rowId = (name: string) => `span-${spanIdOf('rich', name)}`;

async function openRich(query = ''): Promise<Page> {
  await pages.send(richTrace());
  const page = await pages.open(`/trace/${traceIdOf('rich')}${query}`);
  await rowNames(page);
  return page;
}

test('Space toggles the checkbox of the critical path', { skip }, async () => {
  const page = await openRich();
  await page.locator('.popup summary').click();
  const box = page.getByRole('checkbox', { name: 'critical path' });
  await box.focus();
  await page.keyboard.press(' ');
  assert.equal(await box.isChecked(), false);
  assert.ok(await box.evaluate((element) => element === document.activeElement));
  assert.equal(await page.locator('.critical').count(), 0);
  await closed(page);
});

test('in the list of events, the keys of the rows scroll the page', { skip }, async () => {
  const events = Array.from({ length: 80 }, (_, index) => ({ name: `event ${index}`, atMs: index }));
  const [id] = await pages.send(traceOf('scrolled', [{ id: 'root', durationMs: 100, events }]));
  const page = await pages.open(`/trace/${id}?view=events`);
  await page.locator('.events-view').waitFor();
  for (const key of [' ', 'ArrowDown', 'j', 'ArrowRight', '+', 'c']) await page.locator('body').press(key);
  await page.waitForFunction(() => scrollY > 300);
  assert.equal(new URL(page.url()).search, '?view=events');
  await page.locator('body').press('v');
  await page.locator('.span-row').waitFor();
  await closed(page);
});

test('closing details with their button or Escape moves the focus to their row', { skip }, async () => {
  const page = await openRich();
  const row = page.locator(`#${rowId('pay')}`);
  await row.focus();
  await page.keyboard.press('Enter');
  await page.locator('.details').getByRole('button', { name: 'Close' }).press('Enter');
  await page.waitForFunction((id) => document.activeElement?.id === id, rowId('pay'));
  await page.keyboard.press('Enter');
  await page.locator('.details').getByRole('button', { name: 'Copy as JSON' }).focus();
  await page.keyboard.press('Escape');
  await page.locator('.details').waitFor({ state: 'detached' });
  await page.waitForFunction((id) => document.activeElement?.id === id, rowId('pay'));
  await closed(page);
});

test('a button that shows more keeps the focus in the expanded part', { skip }, async () => {
  const page = await openRich(`?open=${spanIdOf('rich', 'many')},${spanIdOf('rich', 'long')}`);
  for (const name of [/^Show \d+ more attributes$/, /^Show all [\d,]+ characters$/]) {
    const button = page.getByRole('button', { name }).first();
    await button.press('Enter');
    assert.ok(
      await page.evaluate(() => document.activeElement!.matches('.details [tabindex]')),
      String(name),
    );
  }
  await closed(page);
});

test(
  'when the focused row is folded away, the focus moves to its nearest visible ancestor',
  { skip },
  async () => {
    const [id] = await pages.send(deepTrace(5));
    const page = await pages.open(`/trace/${id}`);
    await rowNames(page);
    const ids = await page.locator('.span-row').evaluateAll((rows) => rows.map((row) => row.id));
    await page.locator(`#${ids[4]}`).focus();
    await page.keyboard.press('p');
    await page.waitForFunction((row) => document.activeElement?.id === row, ids[3]);
    await page.keyboard.press(']');
    await page.waitForFunction((row) => document.activeElement?.id === row, ids[0]);
    await page.keyboard.press('[');
    assert.equal(await focused(page), ids[0]);

    await page.locator('.popup summary').click();
    const fold = page.getByRole('button', { name: 'Collapse one level' });
    for (let level = 5; level > 0; level--) await fold.press('Enter');
    assert.equal(await fold.getAttribute('aria-disabled'), 'true');
    assert.ok(await fold.evaluate((button) => button === document.activeElement));
    await closed(page);
  },
);

test('a disabled button does nothing, and can still have the focus', { skip }, async () => {
  const page = await openRich();
  const names = await rowNames(page);
  await page.locator('.fold').first().click();
  await page.waitForFunction(() => document.querySelectorAll('.span-row').length === 1);
  await page.locator('.popup summary').click();
  for (const name of ['Expand one level', 'Next match', 'Previous match']) {
    const button = page.getByRole('button', { name });
    assert.equal(await button.getAttribute('aria-disabled'), 'true');
    await button.press('Enter');
    assert.ok(await button.evaluate((element) => element === document.activeElement));
  }
  assert.equal((await rowNames(page)).length, 1);
  await page.locator('.popup summary').click();
  await page.getByRole('button', { name: 'Expand all' }).click();
  await page.waitForFunction(
    (count) => document.querySelectorAll('.span-row').length === count,
    names.length,
  );
  await closed(page);
});

test('an action that removes the focused element moves the focus', { skip }, async () => {
  const [id] = await pages.send(traceOf('places', [{ id: 'root', durationMs: 100 }]));
  const page = await pages.open(`/trace/${id}`);
  await rowNames(page);
  const row = page.locator('.span-row');
  /** Waits until a visible element has the focus again. */
  const isSomewhere = () => page.waitForFunction(() => document.activeElement !== document.body);

  await row.focus();
  await page.keyboard.press('v');
  await page.getByText('No span of this trace recorded an event.').waitFor();
  await isSomewhere();
  await page.keyboard.press('v');
  await row.focus();
  await page.keyboard.press('E');
  await page.getByText('No span of this trace has an error.').waitFor();
  await isSomewhere();
  await page.getByRole('button', { name: 'Show all 1 span' }).press('Enter');
  await row.waitFor();
  await isSomewhere();
  await page.keyboard.press('E');
  await page.getByRole('button', { name: 'errors 0' }).press('Enter');
  await row.waitFor();
  await isSomewhere();
  await page.keyboard.press('+');
  await page.getByRole('button', { name: 'Whole trace' }).press('Enter');
  await page.getByRole('button', { name: 'Whole trace' }).waitFor({ state: 'detached' });
  await isSomewhere();
  await closed(page);
});

test('the current match looks different from the other matches', { skip }, async () => {
  const page = await openRich();
  await page.getByPlaceholder('Find: words').fill('has');
  await page.locator('.hit').first().waitFor();
  assert.equal(await page.locator('.hit.current').count(), 0);
  for (const place of [0, 1]) {
    await page.keyboard.press('Enter');
    await page.waitForFunction((nth) => document.querySelectorAll('.hit')[nth]?.matches('.current'), place);
    assert.equal(await page.locator('.hit.current').count(), 1);
  }
  await closed(page);
});

test('with forced colors, bars, the critical path, and icons are still visible', { skip }, async () => {
  await pages.send(richTrace());
  const page = await pages.open(`/trace/${traceIdOf('rich')}`, { forcedColors: 'active' });
  await rowNames(page);
  const invisible = await page.evaluate(() => {
    const canvas = getComputedStyle(document.body).backgroundColor;
    return ['.bar', '.critical', '.critical-sample', '.swatch', '.event-mark', '.error-sign'].filter(
      (selector) => {
        const { backgroundColor } = getComputedStyle(document.querySelector(selector)!);
        return backgroundColor === canvas || backgroundColor === 'rgba(0, 0, 0, 0)';
      },
    );
  });
  assert.deepEqual(invisible, []);
  const colorsOf = (selector: string) =>
    page.locator(selector).evaluate((element) => {
      const { backgroundColor, color } = getComputedStyle(element);
      return [backgroundColor, color];
    });
  const selected = await colorsOf('.views [aria-pressed=true]');
  assert.notDeepEqual(await colorsOf('.views [aria-pressed=false]'), selected);
  await page.getByLabel('Services', { exact: true }).selectOption('shop');
  const chip = page.getByRole('button', { name: /^shop/ });
  await chip.hover();
  assert.deepEqual(await colorsOf('.chip[aria-pressed=true]'), selected);
  assert.equal((await colorsOf('.chip[aria-pressed=true] small'))[1], selected[1]);
  await page.goto(`${pages.backend.queryUrl}/search`);
  assert.deepEqual(await colorsOf('nav [aria-current=page]'), selected);
  await closed(page);
});
