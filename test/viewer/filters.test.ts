/** What a filter shows, and what the page says about the rest. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { skipWithoutBrowser as skip } from '../support/browser.ts';
import { richTrace, traceIdOf, traceOf, type SpanSketch } from './traces.ts';
import { accessible, closed, rowNames, viewer } from './viewer.ts';

const pages = viewer();

/** A chain of services, each called by the one before. */
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

test('the rows on the path to a match are as readable as the match', { skip }, async () => {
  const [id] = await pages.send(chain('read the way', 8));
  const page = await pages.open(`/trace/${id}?service=service-7`);
  assert.equal((await rowNames(page)).length, 8);
  assert.equal(await page.locator('.path-only').count(), 7);
  await accessible(page);
  await closed(page);
});

test('a filter without matches says so, and can be undone', { skip }, async () => {
  const [id] = await pages.send(chain('nothing through', 3));
  const page = await pages.open(`/trace/${id}`);
  await rowNames(page);
  await page.locator('body').press('E');
  await page.getByText('No span of this trace has an error.').waitFor();
  assert.equal(await page.getByRole('button', { name: 'errors 0' }).getAttribute('aria-pressed'), 'true');
  await page.getByRole('button', { name: 'Show all 3 spans' }).click();
  assert.equal((await rowNames(page)).length, 3);
  assert.equal(await page.getByRole('button', { name: 'errors 0' }).count(), 0);

  await page.goto(`${pages.backend.queryUrl}/trace/${id}?service=nobody&errors=1`);
  await page.getByText('No span of this trace is from nobody and has an error.').waitFor();
  await page.getByRole('button', { name: 'nobody 0' }).click();
  await page.getByText('No span of this trace has an error.').waitFor();
  await closed(page);
});

test('a service chosen from the menu appears beside it, where it can be removed', { skip }, async () => {
  const [id] = await pages.send(chain('many services', 20));
  const page = await pages.open(`/trace/${id}`);
  await rowNames(page);
  const list = page.getByLabel('Services', { exact: true });
  assert.equal(await list.locator('option').first().textContent(), '20 services');
  await list.selectOption('service-15');
  const chosen = page.getByRole('button', { name: 'service-15 1' });
  assert.equal(await chosen.getAttribute('aria-pressed'), 'true');
  assert.equal(await list.locator('option').first().textContent(), '1 of 20');
  await page.waitForURL(/service=service-15/);
  await chosen.click();
  await chosen.waitFor({ state: 'detached' });
  await page.waitForURL((url) => url.search === '');
  await closed(page);
});

test('the list of events has only those of spans that match the filter', { skip }, async () => {
  await pages.send(richTrace());
  const page = await pages.open(`/trace/${traceIdOf('rich')}?view=events`);
  const spans = page.locator('.events-view .link bdi');
  await spans.first().waitFor();
  const all = await spans.allTextContents();
  const services = page.getByLabel('Services', { exact: true });
  await services.selectOption('payments');
  await page.waitForURL(/service=payments/);
  const wanted = all.filter((name) => name === 'charge card');
  assert.ok(wanted.length > 0 && wanted.length < all.length);
  assert.deepEqual(await spans.allTextContents(), wanted);
  await page.getByRole('button', { name: /^payments/ }).click();
  await services.selectOption('worker');
  await page.getByText('No span that matches the filter recorded an event.').waitFor();
  await closed(page);
});

test('a filter by a service that the trace does not have shows no rows', { skip }, async () => {
  const [id] = await pages.send(chain('nobody beside', 2));
  const page = await pages.open(`/trace/${id}?service=nobody`);
  await page.getByText('No span of this trace is from nobody.').waitFor();
  const services = page.getByLabel('Services', { exact: true });
  await services.selectOption('service-0');
  await page.locator('.span-row').first().waitFor();
  assert.equal((await rowNames(page)).length, 1);
  await services.selectOption('service-1');
  await page.waitForURL((url) => url.search === '');
  assert.equal((await rowNames(page)).length, 2);
  await closed(page);
});
