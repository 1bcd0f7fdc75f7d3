import assert from 'node:assert/strict';
import { test } from 'node:test';
import { queryTrace } from '#workshop/backend/query';
import { waterfallOf } from '#workshop/trace/waterfall';
import { skipWithoutBrowser as skip } from '../support/browser.ts';
import { deepTrace, oddTraces, otherTrace, richTrace } from './traces.ts';
import { accessible, closed, rowNames, viewer } from './viewer.ts';

const pages = viewer();
const traces = {
  rich: richTrace(),
  'another trace': otherTrace(),
  '200 levels deep': deepTrace(),
  ...oddTraces(),
};

for (const [name, sketch] of Object.entries(traces)) {
  test(`a trace of any shape is drawn, folds, is found and is accessible: ${name}`, { skip }, async () => {
    const [traceId] = await pages.send(sketch);
    const { rows } = waterfallOf((await queryTrace(pages.backend.queryUrl, traceId!))!);
    const page = await pages.open(`/trace/${traceId}`);
    const expected = rows.map(({ span }) => span.name);

    const drawn = await rowNames(page);
    assert.deepEqual(drawn, expected.slice(0, drawn.length));
    assert.equal(await page.locator('.rows').getAttribute('aria-rowcount'), String(expected.length + 1));

    await page.keyboard.press(']');
    const roots = rows.filter(({ depth }) => depth === 0).map(({ span }) => span.name);
    await page.waitForFunction(
      (count) => document.querySelectorAll('.span-row').length === count,
      roots.length,
    );
    assert.deepEqual(await rowNames(page), roots);
    await page.keyboard.press('[');

    const last = rows.at(-1)!.span;
    await page.goto(`${pages.backend.queryUrl}/trace/${traceId}?uiFind=${last.spanId}`);
    await page.locator(`#span-${last.spanId}`).waitFor();
    await page.locator('.details').waitFor();
    assert.equal(await page.locator('.find output').textContent(), '1 of 1');

    await accessible(page);
    await closed(page);
  });
}
