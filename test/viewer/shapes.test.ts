import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { queryTrace } from '#workshop/backend/query';
import { type Row, waterfallOf } from '#workshop/trace/waterfall';
import { skipWithoutBrowser as skip } from '../support/browser.ts';
import { slowTest, test } from '../support/tests.ts';
import { tracesOfSteps } from './steps.ts';
import { deepTrace, oddTraces, otherTrace, richTrace, traceOf } from './traces.ts';
import { accessible, closed, rowNames, viewer } from './viewer.ts';

const pages = viewer();
const steps = ['04-trace-reviews-api', '05-find-the-slow-review', '06-fix-the-bugs'] as const;
const stepIds = tracesOfSteps(pages, steps, skip);
const sketches = {
  rich: richTrace(),
  'another trace': otherTrace(),
  '200 levels deep': deepTrace(),
  ...oddTraces(),
};

/** The shapes whose pages differ most. */
const CHECKED_BY_AXE = new Set(['rich', 'no names', '200 levels deep']);

/** The shapes that `npm test` tries. */
const IN_NPM_TEST = new Set(['rich', '06-fix-the-bugs']);

/** Traces by name, each as a function that sends it and gives its id. */
const traces: Record<string, () => Promise<string>> = {};
for (const step of steps) traces[step] = async () => stepIds[step];
for (const [name, sketch] of Object.entries(sketches))
  traces[name] = async () => (await pages.send(sketch))[0]!;

for (const [name, arrive] of Object.entries(traces)) {
  (IN_NPM_TEST.has(name) ? test : slowTest)(`traces of any shape work: ${name}`, { skip }, async () => {
    const traceId = await arrive();
    const page = await pages.open(`/trace/${traceId}`);
    await worksAsItShould(page, traceId);
    if (CHECKED_BY_AXE.has(name)) await accessible(page);
    await closed(page);
  });
}

test('a root that arrives late appears above the earlier spans', { skip }, async () => {
  const name = 'late root';
  const child = { id: 'child', parent: 'root', service: 'reviews-api', startMs: 5, durationMs: 20 };
  const leaf = { id: 'leaf', parent: 'child', service: 'reviews-api', startMs: 8, durationMs: 10 };
  const [traceId] = await pages.send(traceOf(name, [child, leaf]));
  const page = await pages.open(`/trace/${traceId}`);
  await rightRows(page, traceId!);
  await pages.send(traceOf(name, [{ id: 'root', service: 'caller', kind: 3, durationMs: 40 }]));
  await page.locator('.span-row').nth(2).waitFor();
  await worksAsItShould(page, traceId!);
  await closed(page);
});

async function worksAsItShould(page: Page, traceId: string): Promise<void> {
  await rightRows(page, traceId);
  await worksByKeyboard(page, traceId);
  await isFoundByTyping(page, traceId);
  await folds(page, traceId);
  await hasLinksToSpans(page, traceId);
}

async function rowsOf(traceId: string): Promise<Row[]> {
  return waterfallOf((await queryTrace(pages.backend.queryUrl, traceId))!).rows;
}

async function rightRows(page: Page, traceId: string): Promise<void> {
  const expected = (await rowsOf(traceId)).map(({ span }) => span.name);
  const drawn = await rowNames(page);
  assert.ok(drawn.length >= Math.min(expected.length, 10));
  assert.deepEqual(drawn, expected.slice(0, drawn.length));
  assert.equal(await page.locator('.rows').getAttribute('aria-rowcount'), String(expected.length + 1));
}

/** Arrow keys move between rows, fold, and unfold; Enter shows the details and Escape closes them. */
async function worksByKeyboard(page: Page, traceId: string): Promise<void> {
  const rows = await rowsOf(traceId);
  const focused = (row: Row) =>
    page.waitForFunction(
      (id) => document.activeElement?.id === id && location.hash === `#${id}`,
      `span-${row.span.spanId}`,
    );
  await page.locator('.span-row[tabindex="0"]').focus();
  const way = rows.slice(0, 4);
  for (const row of way.slice(1)) {
    await page.keyboard.press('ArrowDown');
    await focused(row);
  }
  for (const row of way.slice(0, -1).toReversed()) {
    await page.keyboard.press('ArrowUp');
    await focused(row);
  }
  const first = rows[0]!;
  const folded = page.locator(`#span-${first.span.spanId}[aria-expanded=false]`);
  if (first.childCount > 0) {
    await page.keyboard.press('ArrowLeft');
    await folded.waitFor();
    await page.keyboard.press('ArrowRight');
    await folded.waitFor({ state: 'detached' });
    await page.keyboard.press('ArrowRight');
    await focused(rows[1]!);
    await page.keyboard.press('ArrowLeft');
    if ((rows[1]?.childCount ?? 0) > 0) await page.keyboard.press('ArrowLeft');
    await focused(first);
  }
  await page.keyboard.press('Enter');
  await page.locator('.details').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.details').waitFor({ state: 'detached' });
}

/** Typing finds spans, and Enter goes to the match; the only span of a trace already has the focus. */
async function isFoundByTyping(page: Page, traceId: string): Promise<void> {
  const names = (await rowsOf(traceId)).map(({ span }) => span.name);
  const name = names.at(-1)!;
  const count = names.filter((each) => each.toLowerCase() === name.toLowerCase()).length;
  const counterReads = (pattern: string) =>
    page.waitForFunction(
      (expected) => new RegExp(expected).test(document.querySelector('.find output')?.textContent ?? ''),
      pattern,
    );
  await page.keyboard.press('/');
  await page.keyboard.type(`name="${name.replaceAll(/["\\]/g, '\\$&')}"`);
  await counterReads(names.length === 1 ? '^1 of 1$' : `^${count} found$`);
  await page.keyboard.press('Enter');
  await counterReads(`^\\d+ of ${count}$`);
  assert.equal(await page.locator('.span-row[tabindex="0"] .name').textContent(), name);
  await page.keyboard.press('Escape');
  await counterReads('^$');
}

async function folds(page: Page, traceId: string): Promise<void> {
  const rows = await rowsOf(traceId);
  const roots = rows.filter(({ depth }) => depth === 0).map(({ span }) => span.name);
  await page.keyboard.press(']');
  await page.waitForFunction(
    (count) => document.querySelectorAll('.span-row').length === count,
    roots.length,
  );
  assert.deepEqual(await rowNames(page), roots);
  await page.keyboard.press('[');
}

/** A link to the last span opens it and scrolls to it. */
async function hasLinksToSpans(page: Page, traceId: string): Promise<void> {
  const { spanId } = (await rowsOf(traceId)).at(-1)!.span;
  await page.goto(`${pages.backend.queryUrl}/trace/${traceId}?uiFind=${spanId}`);
  await page.locator(`#span-${spanId}`).waitFor();
  await page.locator('.details').waitFor();
  await page.waitForFunction((rowId) => {
    const { top, bottom } = document.getElementById(rowId)!.getBoundingClientRect();
    return top > 0 && bottom < innerHeight;
  }, `span-${spanId}`);
  assert.equal(await page.locator('.find output').textContent(), '1 of 1');
}
