/** Measures pages in Chromium, in the same way whoever serves them: by what appears in the document, and when. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { nameHelper } from '#workshop/browser';

/** What is looked for, as the embedded viewer and Jaeger's own pages have it. */
const rows = '.span-row';
const results = '.result, .ResultItem, .ant-table-row';
const services = '.graph .node, .DAG--node, [data-testid="plexus-node"], .plexus-Node';
const findField = '.find input, input[placeholder^="Find"]';

/** As long as nothing changes for this long, a page counts as stable. */
const CALM_MS = 400;
const LIMIT_MS = 60_000;

/** Runs in the page: notes the time of the last change of what matches, and what is there. */
function watchDocument(selector: string): void {
  const seen = { at: 0, text: '', last: performance.now() };
  const look = () => {
    let text = '';
    for (const element of document.querySelectorAll(selector)) text += `${element.textContent}\n`;
    if (text === seen.text) return;
    seen.text = text;
    seen.at = performance.now();
  };
  (window as unknown as { seen: typeof seen }).seen = seen;
  const next = () => {
    look();
    requestAnimationFrame(next);
  };
  next();
}

/** ms from the start of the navigation until what matches is there and stays as it is; a browser without a cache. */
async function opened(
  browser: Browser,
  url: string,
  selector: string,
  script?: (page: Page) => Promise<void>,
): Promise<number> {
  const context = await newContext(browser);
  try {
    const page = await context.newPage();
    await page.addInitScript(watchDocument, selector);
    await page.goto(url, { waitUntil: 'commit' });
    const took = await calm(page);
    await script?.(page);
    return took;
  } finally {
    await context.close();
  }
}

async function newContext(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await context.addInitScript(nameHelper);
  return context;
}

/** Waits until what is watched has not changed for a while, and gives the page's time of its last change. */
async function calm(page: Page, after = 0): Promise<number> {
  const found = await page.waitForFunction(
    ([calmMs, from]) => {
      const { seen } = window as unknown as { seen: { at: number; text: string } };
      return seen.text !== '' && seen.at > from! && performance.now() - seen.at > calmMs! ? seen.at : 0;
    },
    [CALM_MS, after],
    { timeout: LIMIT_MS, polling: 50 },
  );
  return (await found.jsonValue()) as number;
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
  await opened(browser, url, rows, async (page) => {
    work.heapMb = await heapMb(page);
    await acted(page, () => page.locator('body').press(']'));
    work.expandMs = await acted(page, () => page.keyboard.press('['));
    work.framesPerSecond = await scrolled(page);
    await page.evaluate(() => window.scrollTo(0, 0));
    await page.evaluate(watchDocument, `${rows}, .find output, .TracePageSearchBar--count`);
    await calm(page);
    work.findMs = await acted(page, () => page.locator(findField).first().fill(word));
    await page.evaluate(watchDocument, `${rows}, .details, .detail-row`);
    await calm(page);
    work.openMs = await acted(page, () =>
      page.evaluate((selector) => {
        const row = [...document.querySelectorAll<HTMLElement>(selector)].find(
          (each) => each.getBoundingClientRect().top > 300,
        );
        (row?.querySelector<HTMLElement>('.span-view') ?? row)?.click();
      }, rows),
    );
  });
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
