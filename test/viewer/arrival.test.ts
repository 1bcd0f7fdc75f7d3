/** A page that the reader looks at while more spans of its trace arrive. */
import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { skipWithoutBrowser as skip } from '../support/browser.ts';
import { slowTest, test } from '../support/tests.ts';
import { spanIdOf, traceOf, type SpanSketch } from './traces.ts';
import { closed, rowNames, viewer } from './viewer.ts';

const pages = viewer();

/** A root with sequential children, `from` the first of them. */
function children(count: number, from = 0): SpanSketch[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `c${from + index}`,
    parent: 'root',
    startMs: from + index,
    durationMs: 1,
  }));
}

const root: SpanSketch = { id: 'root', durationMs: 1_000 };

/** The distance of an element from the top of the window, in px. */
const topOf = (element: Locator) =>
  element.evaluate((found) => Math.round(found.getBoundingClientRect().top));

/** Layouts may differ by a pixel, which readers don't notice. */
function assertStays(now: number, before: number): void {
  assert.ok(Math.abs(now - before) <= 1, `it went from ${before} px to ${now} px`);
}

/** Waits for the notification about this many more spans, and for the next frame. */
async function arrived(page: Page, count: number): Promise<void> {
  await page.getByText(`${count} more span${count === 1 ? '' : 's'} arrived.`).waitFor();
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  );
}

test(
  'rows that the reader looks at keep their position and height when the trace grows past 60 spans',
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

slowTest('an untouched trace becomes dense when it grows past 60 spans', { skip }, async () => {
  const name = 'closes-ranks';
  const [id] = await pages.send(traceOf(name, [root, ...children(55)]));
  const page = await pages.open(`/trace/${id}`);
  await rowNames(page);
  assert.equal(await page.locator('.timeline.dense').count(), 0);
  await pages.send(traceOf(name, children(8, 60)));
  await page.locator('.timeline.dense').waitFor();
  await closed(page);
});

test('the current match and the time range stay where they are', { skip }, async () => {
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

slowTest('the list of events keeps its position when earlier events arrive', { skip }, async () => {
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

/** Opens a link to the span "late" of a trace that has 80 others. */
async function openLinkTo(name: string, view = '') {
  const [id] = await pages.send(traceOf(name, [root, ...children(80)]));
  const late = spanIdOf(name, 'late');
  const page = await pages.open(`/trace/${id}?${view}#span-${late}`);
  if (view === '') {
    await page.getByText(`The link leads to span ${late}, which has not arrived yet.`).waitFor();
  }
  const send = () =>
    pages.send(traceOf(name, [{ id: 'late', parent: 'root', startMs: 900, durationMs: 10 }]));
  return { page, late, send, row: page.locator(`#span-${late}`) };
}

test(
  'a link to a span that has not arrived says so, and goes to the span when it arrives',
  { skip },
  async () => {
    const { page, late, send, row } = await openLinkTo('later');
    await pages.send(traceOf('later', [{ id: 'another', parent: 'root', startMs: 1, durationMs: 1 }]));
    await page.getByText(`1 more span arrived. The link leads to span ${late}, which has not`).waitFor();
    await send();
    await page.locator(`#span-${late}.open`).waitFor();
    await page.waitForFunction((rowId) => document.activeElement?.id === rowId, `span-${late}`);
    const top = await topOf(row);
    assert.ok(top > 0 && top < 900, `at ${top} px`);
    await page.waitForURL(new RegExp(`open=${late}`));
    await closed(page);
  },
);

test(
  'a reader who has navigated elsewhere is notified of the linked span and not moved',
  { skip },
  async () => {
    const { page, late, send } = await openLinkTo('told');
    const field = page.getByPlaceholder('Find: words');
    await field.fill('c7');
    const entries = await page.evaluate(() => history.length);
    await send();
    await page.getByText(`The link leads to span ${late}, which has arrived.`).waitFor();
    assert.ok(await field.evaluate((element) => element === document.activeElement));
    assert.equal(await page.evaluate(() => history.length), entries);
    await page.getByRole('button', { name: 'Go to span' }).click();
    await page.locator(`#span-${late}.open`).waitFor();
    await closed(page);
  },
);

slowTest('a link to the list of events stays there', { skip }, async () => {
  const [id] = await pages.send(traceOf('into events', [root, ...children(3)]));
  const page = await pages.open(`/trace/${id}?view=events#span-${spanIdOf('into events', 'c1')}`);
  await page.getByText('No span of this trace recorded an event.').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Events' }).getAttribute('aria-pressed'), 'true');
  assert.equal(await page.locator('.span-row').count(), 0);
  await closed(page);
});

test('a time range from the URL applies as soon as the trace is long enough', { skip }, async () => {
  const name = 'stretch';
  const [id] = await pages.send(traceOf(name, [root]));
  const page = await pages.open(`/trace/${id}?zoom=5000000-99999999999`);
  await rowNames(page);
  const ticks = () => page.locator('.ruler .lane span').allTextContents();
  assert.equal((await ticks())[0], '0');
  assert.equal(await page.getByRole('button', { name: 'Whole trace' }).count(), 0);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await pages.send(traceOf(name, [{ id: 'late', parent: 'root', startMs: 5_200, durationMs: 100 }]));
  await page.getByRole('button', { name: 'Whole trace' }).waitFor();
  assert.notEqual((await ticks())[0], '0');
  assert.match(page.url(), /zoom=5000000-99999999999/);
  await closed(page);
});

test("Back undoes the reader's changes, not the growth of the trace", { skip }, async () => {
  const name = 'back';
  const other: SpanSketch = { id: 'other', parent: 'root', service: 'reviews-api', durationMs: 5 };
  const [id] = await pages.send(traceOf(name, [root, other, ...children(3)]));
  const page = await pages.open('/search');
  await page.goto(`${pages.backend.queryUrl}/trace/${id}`);
  await page.locator(`#span-${spanIdOf(name, 'c1')}`).click();
  await page.getByLabel('Services', { exact: true }).selectOption('bands-api');
  await page.waitForURL(/service=bands-api/);
  const ruler = page.locator('.ruler .lane');
  const before = await ruler.textContent();
  const entries = await page.evaluate(() => history.length);
  await pages.send(traceOf(name, [{ id: 'late', parent: 'root', startMs: 1, durationMs: 5_000 }]));
  await page.getByText('The trace is longer than the part shown.').waitFor();
  assert.equal(await ruler.textContent(), before);
  assert.equal(await page.evaluate(() => history.length), entries);
  await page.goBack();
  await page.waitForURL((url) => !url.search.includes('service='));
  await page.locator(`#span-${spanIdOf(name, 'other')}`).waitFor();
  assert.equal(await ruler.textContent(), before);
  await page.getByRole('button', { name: 'Show the whole trace' }).click();
  await page.waitForFunction((text) => document.querySelector('.ruler .lane')!.textContent !== text, before);
  await page.goBack();
  await page.waitForURL('**/search');
  await closed(page);
});
