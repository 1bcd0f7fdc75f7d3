/** One browser and one built deck for all tests of a file, because they take long to start and build. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { buildDeck, writeDeck } from '#tools/slides/build';
import { useBrowser } from '../../support/browser.ts';

/** How to open a deck; `complaints` collects the page's errors and warnings. */
export interface OpenOptions {
  width?: number;
  height?: number;
  /** The query of the URL, `schedule=all` by default. */
  query?: string;
  reducedMotion?: 'reduce' | 'no-preference';
  complaints?: string[];
}

let opened: Promise<{ browser: Browser; folder: string }> | undefined;

after(async () => {
  const { browser, folder } = (await opened) ?? {};
  await browser?.close();
  if (folder) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

async function launch() {
  const folder = await mkdtemp(join(tmpdir(), 'workshop-deck-'));
  await writeDeck(await buildDeck(), folder);
  return { browser: await useBrowser(), folder };
}

/** Opens the built deck from disk in a new page. The caller must close the page's context. */
export async function openDeck({
  width = 1920,
  height = 1080,
  query = 'schedule=all',
  reducedMotion = 'reduce',
  complaints = [],
}: OpenOptions = {}): Promise<Page> {
  opened ??= launch();
  const { browser, folder } = await opened;
  const context = await browser.newContext({ viewport: { width, height }, reducedMotion });
  // The compiler adds calls of this helper to the code that the tests run in the page.
  await context.addInitScript('globalThis.__name = (named) => named;');
  const page = await context.newPage();
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!/^(?:file|data|blob|about):/.test(request.url())) complaints.push(`asks for ${request.url()}`);
  });
  await page.goto(`${pathToFileURL(join(folder, 'index.html')).href}?${query}`);
  await page.waitForSelector('html[data-ready]');
  await page.evaluate(() => document.fonts.ready);
  return page;
}

let shared: Promise<Page> | undefined;

/** A page with the whole deck, which the tests of a file share. They must not change it. */
export function sharedDeck(): Promise<Page> {
  return (shared ??= openDeck());
}

/** The ids of all slides, in order. */
export function slideIds(page: Page): Promise<string[]> {
  return page.$$eval('section.slide', (sections) => sections.map(({ id }) => id));
}
