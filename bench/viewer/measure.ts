/** Measures pages in Chromium in the same way for all backends: by when their elements appear. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { nameHelper } from '#tools/browser';
import { openQuietPage, type QuietPage } from './quiet-page.ts';

/** Selectors of the elements to wait for, in the embedded viewer and in Jaeger's pages. */
const rows = '.span-row';
const results = '.result, .ResultItem, .ant-table-row';
const services = '.graph .node, .DAG--node, [data-testid="plexus-node"], .plexus-Node';
const findField = '.find input, input[placeholder^="Find"]';

/** A page counts as stable after this long without changes. */
const STABLE_MS = 400;
const POLL_MS = 50;
const TIMEOUT_MS = 60_000;

const windowSize = { width: 1440, height: 900 };

/** Runs in the page: records the text of the matching elements and the time of its last change. */
function watchDocument(selector: string): void {
  const seen = { at: 0, text: '' };
  const look = () => {
    let text = '';
    for (const element of document.querySelectorAll(selector)) text += `${element.textContent}\n`;
    if (text === seen.text) return;
    seen.text = text;
    seen.at = performance.now();
  };
  Object.assign(window, { seen });
  const next = () => {
    look();
    requestAnimationFrame(next);
  };
  next();
}

/** The source of a script that watches the matching elements. */
function watching(selector: string): string {
  return `${nameHelper}(${watchDocument.toString()})(${JSON.stringify(selector)})`;
}

/** ms from the start of the navigation until the matching elements are stable, in a browser without a cache. */
async function opened(browser: Browser, url: string, selector: string): Promise<number> {
  const page = await openQuietPage(browser, windowSize);
  try {
    await page.addInitScript(watching(selector));
    await page.goto(url);
    return await waitUntilCalm(page);
  } finally {
    await page.close();
  }
}

/** Waits until the watched elements are stable, and gives the time of their last change on the page's clock. */
async function waitUntilCalm(page: Pick<QuietPage, 'evaluate'>, after = 0): Promise<number> {
  for (const deadline = Date.now() + TIMEOUT_MS; Date.now() < deadline; await sleep(POLL_MS)) {
    const changed = await page.evaluate<number>(
      `typeof seen === 'object' && seen.text !== '' && performance.now() - seen.at > ${STABLE_MS} ? seen.at : 0`,
    );
    if (changed > after) return changed;
  }
  throw new Error(`The measured elements were missing or not stable within ${TIMEOUT_MS / 1_000} s.`);
}

/** ms from an action to the last change that it causes. */
async function acted(page: Page, action: () => Promise<unknown>): Promise<number> {
  const from = await page.evaluate(() => performance.now());
  await action();
  return (await waitUntilCalm(page, from)) - from;
}

/** ms until the rows of a trace are drawn. */
export function traceOpened(browser: Browser, url: string): Promise<number> {
  return opened(browser, url, rows);
}

export function searchOpened(browser: Browser, url: string): Promise<number> {
  return opened(browser, url, results);
}

export function serviceGraphOpened(browser: Browser, url: string): Promise<number> {
  return opened(browser, url, services);
}

/** The figures of working with a large trace. */
export interface Work {
  heapMb: number;
  expandMs: number;
  findMs: number;
  openMs: number;
  framesPerSecond: number;
}

export async function workWith(browser: Browser, url: string, word: string): Promise<Work> {
  const work: Partial<Work> = {};
  const context = await browser.newContext({ viewport: windowSize });
  try {
    const page = await context.newPage();
    await page.addInitScript(watching(rows));
    await page.goto(url, { waitUntil: 'commit' });
    await waitUntilCalm(page);
    work.heapMb = await heapMb(page);
    await acted(page, () => page.locator('body').press(']'));
    work.expandMs = await acted(page, () => page.keyboard.press('['));
    work.framesPerSecond = await scrolled(page);
    await page.evaluate(() => window.scrollTo(0, 0));
    await page.evaluate(watching(`${rows}, .find output, .TracePageSearchBar--count`));
    await waitUntilCalm(page);
    work.findMs = await acted(page, () => page.locator(findField).first().fill(word));
    await page.evaluate(watching(`${rows}, .details, .detail-row`));
    await waitUntilCalm(page);
    work.openMs = await acted(page, () =>
      page.evaluate((selector) => {
        const row = [...document.querySelectorAll<HTMLElement>(selector)].find(
          (each) => each.getBoundingClientRect().top > 300,
        );
        (row?.querySelector<HTMLElement>('.span-view') ?? row)?.click();
      }, rows),
    );
  } finally {
    await context.close();
  }
  return work as Work;
}

/** The JavaScript heap after garbage collection. */
async function heapMb(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 1e6;
}

/** Frames per second while the page scrolls by 100 px per frame for two seconds. */
function scrolled(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const start = performance.now();
        let frames = 0;
        const step = () => {
          frames++;
          window.scrollBy(0, 100);
          const passed = performance.now() - start;
          if (passed < 2_000) requestAnimationFrame(step);
          else resolve((frames / passed) * 1_000);
        };
        requestAnimationFrame(step);
      }),
  );
}
