/** Log lines on the page of their trace, and on the page of all lines. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { skipWithoutBrowser as skip } from '../support/browser.ts';
import { encodeLogRequest, type LogInput } from '../support/otlp.ts';
import { slowTest, test } from '../support/tests.ts';
import { hostile, spanIdOf, startedAtMs, traceOf } from './traces.ts';
import { accessible, closed, narrowest, phone, viewer } from './viewer.ts';

const pages = viewer();

const atMs = (ms: number) => BigInt(startedAtMs + ms) * 1_000_000n;

/** Sends a trace of two spans and its log lines: two in each span, one outside all spans. */
async function sendLogged(name: string): Promise<string> {
  const [traceId] = await pages.send(
    traceOf(name, [
      {
        id: 'GET /bands/:id',
        kind: 2,
        durationMs: 100,
        events: [{ name: 'cache miss', atMs: 30 }],
      },
      { id: 'get reviews', parent: 'GET /bands/:id', service: 'reviews-api', startMs: 20, durationMs: 60 },
    ]),
  );
  const [root, child] = ['GET /bands/:id', 'get reviews'].map((id) => spanIdOf(name, id));
  const inTrace = { traceId: traceId! };
  const lines: LogInput[] = [
    { ...inTrace, spanId: root!, timeNs: atMs(2), severityNumber: 9, body: 'incoming request' },
    { ...inTrace, spanId: root!, timeNs: atMs(98), severityNumber: 9, body: 'request completed' },
    { ...inTrace, timeNs: atMs(50), severityNumber: 5, body: 'a timer fired' },
  ];
  pages.backend.logs.add(encodeLogRequest(lines, 'bands-api'));
  const reviews: LogInput[] = [
    {
      ...inTrace,
      spanId: child!,
      timeNs: atMs(40),
      severityNumber: 13,
      body: 'review 2 is late',
      attributes: { 'review.id': 2n, note: hostile },
    },
    {
      ...inTrace,
      spanId: child!,
      timeNs: atMs(60),
      severityNumber: 17,
      eventName: 'exception',
      attributes: { 'exception.type': 'TimeoutError', 'exception.message': 'no response' },
    },
  ];
  pages.backend.logs.add(encodeLogRequest(reviews, 'reviews-api'));
  return traceId!;
}

async function openLogged(name: string, query = '', options = {}): Promise<Page> {
  const page = await pages.open(`/trace/${await sendLogged(name)}${query}`, options);
  await page.locator('.log-mark').first().waitFor();
  return page;
}

/** The texts of the list of events and log lines. */
const listed = (page: Page) =>
  page
    .locator('.events-view tbody td:nth-child(3) bdi')
    .evaluateAll((cells) => cells.map((cell) => cell.textContent));

test(
  'a log line is a mark on its span at its time, by severity, and outside all spans on the time axis',
  { skip },
  async () => {
    const page = await openLogged('marks');
    const marks = (id: string) =>
      page
        .locator(`#span-${spanIdOf('marks', id)} .log-mark`)
        .evaluateAll((elements) =>
          elements.map((element) => [
            element.className.replace('log-mark ', ''),
            Math.round(Number.parseFloat((element as HTMLElement).style.left)),
          ]),
        );
    assert.deepEqual(await marks('GET /bands/:id'), [
      ['other', 2],
      ['other', 98],
    ]);
    assert.deepEqual(await marks('get reviews'), [
      ['warn', 40],
      ['error', 60],
    ]);
    assert.equal(
      await page.locator('.ruler .log-mark').getAttribute('title'),
      'Outside all spans: debug: a timer fired (at 50 ms)',
    );
    await page.getByLabel('Log lines').getByText('all 5').waitFor({ state: 'attached' });
    await accessible(page);
    await closed(page);
  },
);

test('an open span shows its lines with offset, severity, text, and attributes', { skip }, async () => {
  const page = await openLogged('open');
  await page.locator(`#span-${spanIdOf('open', 'get reviews')}`).click();
  const items = page.locator('.details .event-list > li');
  assert.match(
    (await items.nth(0).textContent())!,
    /^warn review 2 is late 20 ms after the span started, at 40 ms.*review\.id2/,
  );
  assert.match((await items.nth(1).textContent())!, /^error TimeoutError: no response .*, event exception/);
  await accessible(page);
  await closed(page);
});

test(
  'the list of events has the log lines too; severity and text filter it, and the URL keeps both',
  { skip },
  async () => {
    const page = await openLogged('list', '?view=events');
    const all = [
      'incoming request',
      'cache miss',
      'review 2 is late',
      'a timer fired',
      'TimeoutError: no response',
      'request completed',
    ];
    assert.deepEqual(await listed(page), all);
    await page.getByRole('button', { name: 'Events 6' }).waitFor();
    assert.equal(
      await page
        .getByRole('row', { name: /a timer fired/ })
        .locator('.outside-spans')
        .count(),
      1,
    );
    await accessible(page);
    await page.getByLabel('Log lines').selectOption('warn');
    await page.waitForURL(/severity=warn/);
    assert.deepEqual(await listed(page), ['review 2 is late', 'TimeoutError: no response']);
    await page.getByRole('button', { name: 'Events 2' }).waitFor();
    await page.reload();
    await page.locator('.events-view').waitFor();
    assert.deepEqual(await listed(page), ['review 2 is late', 'TimeoutError: no response']);
    await page.locator('.find input').fill('late');
    await page.waitForFunction(() => document.querySelectorAll('.events-view tbody tr').length === 1);
    await page.getByRole('button', { name: 'get reviews' }).click();
    await page.locator('.details').waitFor();
    await closed(page);
  },
);

test('the rows stay where they are when log lines arrive, at any width', { skip }, async () => {
  const { traceId, messages } = traceOf('late', [{ id: 'GET /bands/:id', durationMs: 100 }]);
  await pages.send({ traceId, messages });
  const page = await pages.open(`/trace/${traceId}`);
  const row = page.locator('.span-row');
  const tops = async () => {
    const found = new Map<number, number>();
    for (let width = 320; width <= 1920; width += 80) {
      await page.setViewportSize({ width, height: 900 });
      found.set(width, (await row.boundingBox())!.y);
    }
    return found;
  };
  const before = await tops();
  const inSpan = { traceId, spanId: spanIdOf('late', 'GET /bands/:id'), timeNs: atMs(2), body: 'late' };
  pages.backend.logs.add(
    encodeLogRequest([...Array.from({ length: 1_000 }, () => inSpan), { traceId, timeNs: atMs(50) }]),
  );
  await page.locator('.log-mark').first().waitFor();
  assert.deepEqual(await tops(), before);
  await closed(page);
});

test('spans are found by the text and the severity of their lines', { skip }, async () => {
  const page = await openLogged('find');
  const row = page.locator(`#span-${spanIdOf('find', 'get reviews')}`);
  for (const text of ['late', 'severity=error', 'review.id=2', '"no response"']) {
    await page.locator('.find input').fill(text);
    await page.waitForFunction(() => document.querySelector('.find output')?.textContent === '1 found');
    assert.match((await row.getAttribute('class'))!, /hit/, text);
  }
  await closed(page);
});

const bodies = (page: Page) =>
  page
    .locator('.log-line .message')
    .evaluateAll((messages) => messages.map((message) => message.textContent));

test(
  'the log page shows new lines of all services first, and each leads to its trace',
  { skip },
  async () => {
    const traceId = await sendLogged('tail');
    const page = await pages.open(`/logs?traceID=${traceId}`);
    await page.locator('.log-line').first().waitFor();
    assert.deepEqual(await bodies(page), [
      'request completed',
      'TimeoutError: no response',
      'a timer fired',
      'review 2 is late',
      'incoming request',
    ]);
    await page.getByRole('button', { name: 'Show all traces' }).click();
    pages.backend.logs.add(encodeLogRequest([{ timeNs: atMs(70_000), body: 'just now' }], 'worker'));
    await page.waitForFunction(
      () => document.querySelector('.log-line .message')?.textContent === 'just now',
    );
    await accessible(page);

    await page.locator('body').press('j');
    await page.waitForFunction(() => document.activeElement?.textContent === 'request completed');
    pages.backend.logs.add(encodeLogRequest([{ timeNs: atMs(71_000), body: 'while reading' }], 'worker'));
    await page.getByText('paused while you read').waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/trace\/.*#span-/);
    await closed(page);
  },
);

test(
  'the log page searches by service, severity, and text, and its URL keeps the search',
  { skip },
  async () => {
    const traceId = await sendLogged('search');
    const page = await pages.open(`/logs?traceID=${traceId}`);
    await page.locator('.log-line').first().waitFor();
    await page.getByLabel('Service').selectOption('reviews-api');
    await page.waitForFunction(() => document.querySelectorAll('.log-line').length === 2);
    await page.getByLabel('Severity').selectOption('error');
    await page.waitForFunction(() => document.querySelectorAll('.log-line').length === 1);
    await page.getByLabel('Text').fill('nothing like this');
    await page.keyboard.press('Enter');
    await page.getByText('No log line matches the search').waitFor();
    await page.goBack();
    await page.waitForFunction(() => document.querySelectorAll('.log-line').length === 1);
    await page.reload();
    await page.locator('.log-line').first().waitFor();
    assert.deepEqual(await bodies(page), ['TimeoutError: no response']);
    const { searchParams } = new URL(page.url());
    assert.deepEqual(Object.fromEntries(searchParams), {
      traceID: traceId,
      service: 'reviews-api',
      severity: 'error',
    });
    await closed(page);
  },
);

test('lines that arrive while someone types a search leave the typed text alone', { skip }, async () => {
  const page = await pages.open('/logs');
  await page.getByLabel('Text').fill('half typed');
  pages.backend.logs.add(encodeLogRequest([{ timeNs: atMs(0), body: 'hello' }], 'a service that is new'));
  await page.locator('option', { hasText: 'a service that is new' }).waitFor({ state: 'attached' });
  assert.equal(await page.getByLabel('Text').inputValue(), 'half typed');
  await page.getByLabel('Severity').selectOption('error');
  await page.waitForURL(/text=half/);
  assert.equal(await page.getByLabel('Text').inputValue(), 'half typed');

  await page.getByRole('button', { name: 'Reset' }).click();
  await page.waitForFunction(() => document.querySelector<HTMLInputElement>('[type=search]')!.value === '');
  await closed(page);
});

test('a trace of which only log lines have arrived leads to them', { skip }, async () => {
  const traceId = 'ab'.repeat(16);
  pages.backend.logs.add(encodeLogRequest([{ traceId, timeNs: atMs(0), body: 'alone' }]));
  const page = await pages.open(`/trace/${traceId}`);
  await page.getByRole('link', { name: 'Show its 1 log line' }).click();
  await page.locator('.log-line').waitFor();
  assert.deepEqual(await bodies(page), ['alone']);
  await closed(page);
});

for (const viewport of [phone, narrowest, { width: 1280, height: 720 }]) {
  slowTest(`both pages fit into ${viewport.width} px`, { skip }, async () => {
    const page = await openLogged(`fits ${viewport.width}`, '', { viewport });
    const isWide = () => page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    assert.equal(await isWide(), false);
    await accessible(page);
    await page.goto(`${pages.backend.queryUrl}/logs`);
    await page.locator('.log-line').first().waitFor();
    assert.equal(await isWide(), false);
    await accessible(page);
    await closed(page);
  });
}
