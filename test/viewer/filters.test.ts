/** What a filter lets through, and how a page tells of the rest. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { skipWithoutBrowser as skip } from '../support/browser.ts';
import { richTrace, traceIdOf, traceOf, type SpanSketch } from './traces.ts';
import { accessible, closed, rowNames, viewer } from './viewer.ts';

const pages = viewer();

/** A chain of so many services, each called by the one before. */
function chain(name: string, services: number) {
  const spans = Array.from({ length: services }, (_, index): SpanSketch => ({
    id: `call ${index}`,
    service: `service-${index}`,
    startMs: index,
    durationMs: 1_000 - 2 * index,
    ...(index > 0 && { parent: `call ${index - 1}` }),
  }));
  return traceOf(name, spans);
}

test('the way to a span that a filter wants can be read as well as the span', { skip }, async () => {
  const [id] = await pages.send(chain('read the way', 8));
  const page = await pages.open(`/trace/${id}?service=service-7`);
  assert.equal((await rowNames(page)).length, 8);
  assert.equal(await page.locator('.path-only').count(), 7);
  await accessible(page);
  await closed(page);
});

test('a filter that lets nothing through says so, and can be taken back', { skip }, async () => {
  const [id] = await pages.send(chain('nothing through', 3));
  const page = await pages.open(`/trace/${id}`);
  await rowNames(page);
  await page.locator('body').press('E');
  await page.getByText('No span of this trace is an error.').waitFor();
  assert.equal(await page.getByRole('button', { name: 'errors 0' }).getAttribute('aria-pressed'), 'true');
  await page.getByRole('button', { name: 'Show all 3 spans' }).click();
  assert.equal((await rowNames(page)).length, 3);
  assert.equal(await page.getByRole('button', { name: 'errors 0' }).count(), 0);

  await page.goto(`${pages.backend.queryUrl}/trace/${id}?service=nobody&errors=1`);
  await page.getByText('No span of this trace is from nobody and is an error.').waitFor();
  await page.getByRole('button', { name: 'nobody 0' }).click();
  await page.getByText('No span of this trace is an error.').waitFor();
  await closed(page);
});

test('a service that was chosen from the list stands beside the others, to be let go', { skip }, async () => {
  const [id] = await pages.send(chain('many services', 20));
  const page = await pages.open(`/trace/${id}`);
  await rowNames(page);
  const list = page.getByLabel('More services');
  assert.equal(await list.locator('option').first().textContent(), '12 more services');
  await list.selectOption('service-15');
  const chosen = page.getByRole('button', { name: 'service-15 1' });
  assert.equal(await chosen.getAttribute('aria-pressed'), 'true');
  assert.equal(await list.locator('option').first().textContent(), '11 more services');
  await page.waitForURL(/service=service-15/);
  await chosen.click();
  await chosen.waitFor({ state: 'detached' });
  await page.waitForURL((url) => url.search === '');
  await closed(page);
});

test('events are those of the spans that a filter wants', { skip }, async () => {
  await pages.send(richTrace());
  const page = await pages.open(`/trace/${traceIdOf('rich')}?view=events`);
  const spans = page.locator('.events-view .link bdi');
  await spans.first().waitFor();
  const all = await spans.allTextContents();
  await page.getByRole('button', { name: /^payments/ }).click();
  await page.waitForURL(/service=payments/);
  const wanted = all.filter((name) => name === 'charge card');
  assert.ok(wanted.length > 0 && wanted.length < all.length);
  assert.deepEqual(await spans.allTextContents(), wanted);
  await page.getByRole('button', { name: /^payments/ }).click();
  await page.getByRole('button', { name: /^worker/ }).click();
  await page.getByText('None of the spans that the filter wants recorded an event.').waitFor();
  await closed(page);
});

test('a service that the trace does not have is no reason to let all others through', { skip }, async () => {
  const [id] = await pages.send(chain('nobody beside', 2));
  const page = await pages.open(`/trace/${id}?service=nobody`);
  await page.getByText('No span of this trace is from nobody.').waitFor();
  await page.getByRole('button', { name: 'service-0 1' }).click();
  await page.locator('.span-row').first().waitFor();
  assert.equal((await rowNames(page)).length, 1);
  await page.getByRole('button', { name: 'service-1 1' }).click();
  await page.waitForURL((url) => url.search === '');
  assert.equal((await rowNames(page)).length, 2);
  await closed(page);
});
