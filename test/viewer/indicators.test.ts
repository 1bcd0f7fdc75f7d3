/** The indicators page, with a real Prometheus that scrapes three instances. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { traceUrl } from '#workshop/trace/ids';
import { skipWithoutBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import {
  type Instance,
  prometheusMissing,
  type RunningPrometheus,
  startInstance,
  startPrometheus,
} from '../support/measured-service.ts';
import { traceIdOf, traceOf } from './traces.ts';
import { accessible, closed, desktop, laptop, narrowest, phone, viewer } from './viewer.ts';

const skip = skipWithoutBrowser || prometheusMissing;
const pages = viewer();
let instances: [fast: Instance, failing: Instance, slow: Instance];
let prometheus: RunningPrometheus;
let counting: NodeJS.Timeout;

if (!skip) {
  before(async () => {
    instances = await Promise.all([startInstance(), startInstance(), startInstance()]);
    prometheus = await startPrometheus(instances);
    process.env.PROMETHEUS_URL = prometheus.url;
    const [slowTrace, failedTrace] = await pages.send(
      traceOf('slow', [{ id: 'GET' }]),
      traceOf('failed', [{ id: 'GET' }]),
    );
    const [fast, failing, slow] = instances;
    counting = setInterval(() => {
      fast.count(0.02);
      fast.count(0.02, 404, 'f'.repeat(32)); // a trace that isn't stored
      failing.count(0.02);
      failing.count(0.03, 503, failedTrace);
      slow.count(0.3);
      slow.count(0.4, 200, slowTrace);
    }, 100);
    slow.setEventLoop(0.97);
  });
  after(async () => {
    clearInterval(counting);
    await Promise.all(instances.map((instance) => instance.close()));
    await prometheus.close();
  });
}

async function openIndicators(query = '', options = {}): Promise<Page> {
  const page = await pages.open(`/indicators${query}`, options);
  // The first exemplar is scraped after the first values.
  await page.locator('.exemplar-link').nth(1).waitFor({ timeout: 60_000 });
  return page;
}

/** The cells of a row of the table, after the name. */
const valuesOf = (page: Page, name: string) =>
  page.getByRole('row', { name }).locator('td').allTextContents();

test(
  'errors are shares of requests, and percentiles of all instances come from the sums of their buckets',
  { skip },
  async () => {
    const page = await openIndicators();
    const [fast, failing, slow] = instances;
    const columns = { errors: 1, p50: 2 };
    // Prometheus knows the rates of instances that have just started only roughly.
    const shows = (name: string, column: keyof typeof columns, is: (value: number) => boolean) =>
      eventually(
        async () => is(Number.parseFloat((await valuesOf(page, name))[columns[column]]!)),
        `${column} of ${name}`,
      );
    await shows(fast.name, 'errors', (percent) => percent === 0);
    await shows(failing.name, 'errors', (percent) => percent === 50);
    await shows('followers-api', 'errors', (percent) => percent === 17);
    // Two thirds of all requests take 30 ms at most, so their median is far below the average of the three medians.
    await shows('followers-api', 'p50', (ms) => ms < 50);
    await shows(slow.name, 'p50', (ms) => ms > 250);
    assert.equal((await valuesOf(page, slow.name)).at(-1), '97 %');
    await accessible(page);
    await closed(page);
  },
);

test(
  'an exemplar is a dot and a link that open its trace; one without a stored trace is left out',
  { skip },
  async () => {
    const page = await openIndicators();
    const hrefs = await page
      .locator('.exemplar-link')
      .evaluateAll((links) => links.map((link) => link.getAttribute('href')));
    assert.ok(!hrefs.some((href) => href!.includes('ffff')));
    assert.equal(
      await page.locator('.dot.failed').first().getAttribute('title'),
      `30 ms, status 503, ${instances[1].name}`,
    );
    await page.locator('.dot:not(.failed)').last().click();
    await page.waitForURL(`**${hrefs[0]}`);
    await page.goBack();
    await page.locator('.exemplar-link').first().click();
    await page.waitForURL(`**${hrefs[0]}`);
    await closed(page);
  },
);

test('the keyboard chooses an instance and a time, and the URL keeps the instance', { skip }, async () => {
  const page = await openIndicators();
  const slow = instances[2].name;
  const focused = () => page.evaluate(() => document.activeElement!.textContent);
  await page.locator('body').press('j');
  assert.equal(await focused(), instances.map(({ name }) => name).toSorted()[0]);
  while ((await focused()) !== slow) await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.locator('.charts-head', { hasText: slow }).waitFor();
  assert.equal(await page.locator('.chart').first().locator('.legend li').count(), 2);
  await page.reload();
  await page.locator('.charts-head', { hasText: slow }).waitFor();

  const rates = page.getByRole('row', { name: 'followers-api' }).locator('td').first();
  await page.keyboard.press('ArrowLeft');
  for (let step = 0; step < 190; step++) await page.keyboard.press('a');
  await page.waitForFunction(() => document.querySelector('.of-service td')?.textContent === '–');
  assert.equal(await page.locator('.legend strong').first().textContent(), '–');
  await page.keyboard.press('Escape');
  assert.match((await rates.textContent())!, /\/s$/);
  await closed(page);
});

test('the charts stand still under the pointer, and continue when it leaves', { skip }, async () => {
  const page = await openIndicators();
  const dots = () =>
    page.locator('.dot').evaluateAll((all) => all.map((dot) => (dot as HTMLElement).style.left).join());
  await page.locator('.plot').nth(2).hover();
  await page.getByText('paused while you read').waitFor();
  const seen = await dots();
  const updated = page.waitForResponse(
    async (response) => response.url().endsWith('/viewer/indicators') && response.status() === 200,
  );
  await updated;
  assert.equal(await dots(), seen);
  await page.mouse.move(0, 0);
  await page.waitForFunction(
    (was) => [...document.querySelectorAll<HTMLElement>('.dot')].map((dot) => dot.style.left).join() !== was,
    seen,
  );
  await closed(page);
});

for (const { name, ...options } of [
  { name: 'phone', viewport: phone },
  { name: 'narrowest', viewport: narrowest },
  { name: 'laptop', viewport: laptop },
  { name: 'projector', viewport: desktop, projector: true },
]) {
  test(`the page fits into the window, and is accessible: ${name}`, { skip }, async () => {
    const page = await openIndicators('', options);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
    await accessible(page);
    await closed(page);
  });
}

test('the lines follow the theme', { skip }, async () => {
  const page = await openIndicators();
  const picture = () =>
    page
      .locator('.chart canvas')
      .first()
      .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  await page.locator('.plot').first().hover(); // so that only the colors change
  await page.getByText('paused while you read').waitFor();
  const light = await picture();
  await page.keyboard.press('T');
  await page.keyboard.press('T'); // dark
  await page.waitForFunction((was) => document.querySelector('canvas')!.toDataURL() !== was, light);
  await closed(page);
});

test(
  'an alert that fires moves nothing, and leads to its instance; the table says what is wrong',
  { skip },
  async () => {
    const page = await openIndicators();
    const [fast, failing] = instances;
    const places = () =>
      page
        .locator('.charts, .indicator-table')
        .evaluateAll((elements) => elements.map((element) => element.getBoundingClientRect().top));
    await page.getByText('No alert is firing').waitFor();
    const still = await places();
    await failing.close();
    fast.forget();
    await page.getByText('1 alert is firing').waitFor();
    assert.deepEqual(await places(), still);
    await page.getByRole('row', { name: `${failing.name} gone` }).waitFor();
    const example = page.getByRole('link', { name: 'example trace' });
    assert.equal(await example.getAttribute('href'), traceUrl(traceIdOf('failed')));
    await page.getByRole('link', { name: 'InstanceGone' }).click();
    await page.locator('.charts-head', { hasText: failing.name }).waitFor();
    await page.getByRole('row', { name: `${fast.name} stopped counting` }).waitFor();
    await accessible(page);
    await closed(page);
  },
);

test(
  'without Prometheus, the page says how to get it, and continues when it is there',
  { skip },
  async (t) => {
    t.after(() => (process.env.PROMETHEUS_URL = prometheus.url));
    delete process.env.PROMETHEUS_URL;
    const page = await pages.open('/indicators');
    await page.getByRole('heading', { name: 'There are no indicators' }).waitFor();
    await accessible(page);

    process.env.PROMETHEUS_URL = pages.backend.queryUrl; // which is not a Prometheus
    await page.getByText('(from PROMETHEUS_URL) is used by').waitFor();
    process.env.PROMETHEUS_URL = prometheus.url;
    await page.locator('.chart').first().waitFor();
    await closed(page);
  },
);
