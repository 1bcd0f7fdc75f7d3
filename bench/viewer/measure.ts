/** Measures pages in Chromium, in the same way whoever serves them: by what appears in the document, and when. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { nameHelper } from '#tools/browser';
import { openQuietPage, type QuietPage } from './quiet-page.ts';

/** What is looked for, as the embedded viewer and Jaeger's own pages have it. */
const rows = '.span-row';
const results = '.result, .ResultItem, .ant-table-row';
const services = '.graph .node, .DAG--node, [data-testid="plexus-node"], .plexus-Node';
const findField = '.find input, input[placeholder^="Find"]';

/** As long as nothing changes for this long, a page counts as stable. */
const CALM_MS = 400;
const LOOK_AGAIN_MS = 50;
const LIMIT_MS = 60_000;

const windowSize = { width: 1440, height: 900 };

/** Runs in the page: notes the time of the last change of what matches, and what is there. */
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

/** The source of a script that watches what matches. */
function watching(selector: string): string {
  return `${nameHelper}(${watchDocument.toString()})(${JSON.stringify(selector)})`;
}

/** ms from the start of the navigation until what matches is there and stays as it is; a browser without a cache. */
async function opened(browser: Browser, url: string, selector: string): Promise<number> {
  const page = await openQuietPage(browser, windowSize);
  try {
    await page.addInitScript(watching(selector));
    await page.goto(url);
    return await calm(page);
  } finally {
    await page.close();
  }
}

/** Waits until what is watched has not changed for a while, and gives the page's time of its last change. */
async function calm(page: Pick<QuietPage, 'evaluate'>, after = 0): Promise<number> {
  for (const deadline = Date.now() + LIMIT_MS; Date.now() < deadline; await sleep(LOOK_AGAIN_MS)) {
    const changed = await page.evaluate<number>(
      `typeof seen === 'object' && seen.text !== '' && performance.now() - seen.at > ${CALM_MS} ? seen.at : 0`,
    );
    if (changed > after) return changed;
  }
  throw new Error(`What is measured was not there, or not still, within ${LIMIT_MS / 1_000} s.`);
}

/** ms from an action to the last change that it makes. */
async function acted(page: Page, action: () => Promise<unknown>): Promise<number> {
  const from = await page.evaluate(() => performance.now());
  await action();
  return (await calm(page, from)) - from;
}

/** ms until the rows of a trace are drawn. */
export function traceOpened(browser: Browser, url: string): Promise<number> {
  return opened(browser, url, rows);
}

export function searchOpened(browser: Browser, url: string): Promise<number> {
  return opened(browser, url, results);
}

export function dependenciesOpened(browser: Browser, url: string): Promise<number> {
  return opened(browser, url, services);
}

/** What it takes to work with a large trace. */
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
    await calm(page);
    work.heapMb = await heapMb(page);
    await acted(page, () => page.locator('body').press(']'));
    work.expandMs = await acted(page, () => page.keyboard.press('['));
    work.framesPerSecond = await scrolled(page);
    await page.evaluate(() => window.scrollTo(0, 0));
    await page.evaluate(watching(`${rows}, .find output, .TracePageSearchBar--count`));
    await calm(page);
    work.findMs = await acted(page, () => page.locator(findField).first().fill(word));
    await page.evaluate(watching(`${rows}, .details, .detail-row`));
    await calm(page);
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

/** The heap of scripts after garbage was collected. */
async function heapMb(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 1e6;
}

/** Frames a second while the page scrolls by 100 px a frame for two seconds. */
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
