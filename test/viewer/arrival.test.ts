/** What happens to a page that is being read when more spans of its trace arrive. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { skipWithoutBrowser as skip } from '../support/browser.ts';
import { spanIdOf, traceOf, type SpanSketch } from './traces.ts';
import { closed, rowNames, viewer } from './viewer.ts';

const pages = viewer();

/** A root with so many children, one after the other, `from` the first of them. */
function children(count: number, from = 0): SpanSketch[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `c${from + index}`,
    parent: 'root',
    startMs: from + index,
    durationMs: 1,
  }));
}

const root: SpanSketch = { id: 'root', durationMs: 1_000 };

/** Where the top of an element is, in px from the top of the window. */
const topOf = (element: Locator) =>
  element.evaluate((found) => Math.round(found.getBoundingClientRect().top));

/** Layout may end a pixel apart; what is read does not jump by that. */
function assertStays(now: number, before: number): void {
  assert.ok(Math.abs(now - before) <= 1, `it went from ${before} px to ${now} px`);
}

/** Waits for the note about so many more spans, and for the picture after it. */
async function arrived(page: Page, count: number): Promise<void> {
  await page.getByText(`${count} more span${count === 1 ? '' : 's'} arrived.`).waitFor();
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  );
}

test(
  'rows that are looked at stay, and keep their height, when the trace grows past 60',
  { skip },
  async () => {
    const name = 'grows';
    const [id] = await pages.send(traceOf(name, [root, ...children(55)]));
    const page = await pages.open(`/trace/${id}`);
    await rowNames(page);
    await page.evaluate(() => window.scrollTo(0, 900));
    const row = page.locator(`#span-${spanIdOf(name, 'c25')}`);
    await row.click();
    await page.locator('.details').waitFor();
    const before = await topOf(row);
    await pages.send(traceOf(name, children(8, 60)));
    await arrived(page, 8);
    assertStays(await topOf(row), before);
    await closed(page);
  },
);

test(
  'a trace at which nobody has looked closer closes its ranks when it grows past 60',
  { skip },
  async () => {
    const name = 'closes-ranks';
    const [id] = await pages.send(traceOf(name, [root, ...children(55)]));
    const page = await pages.open(`/trace/${id}`);
    await rowNames(page);
    assert.equal(await page.locator('.timeline.dense').count(), 0);
    await pages.send(traceOf(name, children(8, 60)));
    await page.locator('.timeline.dense').waitFor();
    await closed(page);
  },
);

test('what was found stays where it is, as does the stretch of time', { skip }, async () => {
  const name = 'found';
  const [id] = await pages.send(
    traceOf(name, [root, { id: 'needle', parent: 'root', startMs: 500, durationMs: 100 }]),
  );
  const page = await pages.open(`/trace/${id}`);
  await rowNames(page);
  await page.getByPlaceholder('Find: words').fill('needle');
  const row = page.locator(`#span-${spanIdOf(name, 'needle')}.hit`);
  await row.waitFor();
  const width = () => row.locator('.bar').evaluate((bar) => bar.getBoundingClientRect().width);
  const [top, wide] = [await topOf(row), await width()];
  await pages.send(traceOf(name, [{ id: 'late', parent: 'root', startMs: 100, durationMs: 5_000 }]));
  await arrived(page, 1);
  assertStays(await topOf(row), top);
  assert.equal(await width(), wide);
  await closed(page);
});

test('the event that is looked at stays when earlier ones arrive', { skip }, async () => {
  const name = 'events';
  const withEvents = (id: string, fromMs: number, count: number): SpanSketch => ({
    id,
    ...(id !== 'root' && { parent: 'root' }),
    durationMs: 1_000,
    events: Array.from({ length: count }, (_, index) => ({ name: `${id} ${index}`, atMs: fromMs + index })),
  });
  const [id] = await pages.send(traceOf(name, [withEvents('root', 100, 80)]));
  const page = await pages.open(`/trace/${id}?view=events`);
  const row = page.getByRole('row', { name: 'root 40' });
  await row.waitFor();
  await page.evaluate(() => window.scrollTo(0, 1_000));
  const before = await topOf(row);
  await pages.send(traceOf(name, [withEvents('late', 0, 4)]));
  await arrived(page, 1);
  await page.getByRole('row', { name: 'late 3' }).waitFor();
  assertStays(await topOf(row), before);
  await closed(page);
});

test('a link to a span that comes later says so, and leads there when it comes', { skip }, async () => {
  const name = 'later';
  const [id] = await pages.send(traceOf(name, [root, ...children(80)]));
  const late = spanIdOf(name, 'late');
  const page = await pages.open(`/trace/${id}?uiFind=${late}#span-${late}`);
  await page.getByText(`The span ${late}, to which the link leads, has not arrived.`).waitFor();
  assert.doesNotMatch(page.url(), /open=/);
  await pages.send(traceOf(name, [{ id: 'late', parent: 'root', startMs: 900, durationMs: 10 }]));
  await page.locator(`#span-${late}.open`).waitFor();
  await page.waitForFunction((rowId) => document.activeElement?.id === rowId, `span-${late}`);
  assert.ok((await topOf(page.locator(`#span-${late}`))) < 900);
  await closed(page);
});

test('Back leads away from a page that has grown, and does not undo its growth', { skip }, async () => {
  const name = 'back';
  const [id] = await pages.send(traceOf(name, [root, ...children(3)]));
  const page = await pages.open('/search');
  await page.goto(`${pages.backend.queryUrl}/trace/${id}`);
  await page.locator(`#span-${spanIdOf(name, 'c1')}`).click();
  const entries = await page.evaluate(() => history.length);
  await pages.send(traceOf(name, [{ id: 'late', parent: 'root', startMs: 1, durationMs: 5_000 }]));
  await page.getByText('The trace is longer than what is shown.').waitFor();
  await page.waitForURL(/zoom=/);
  assert.equal(await page.evaluate(() => history.length), entries);
  await page.goBack();
  await page.waitForURL('**/search');
  await closed(page);
});
