/** One browser and one built deck for all tests of a file, since making them takes longer than asking them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { buildDeck, writeDeck } from '#tools/slides/build';
import { launchBrowser } from '../../support/browser.ts';

/** How a deck is opened; `complaints` collects what the page reports as an error. */
export interface OpenOptions {
  width?: number;
  height?: number;
  /** What stands behind the address, `schedule=all` if not said otherwise. */
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
  return { browser: await launchBrowser(), folder };
}

/** Opens the built deck from disk in a page of its own. Close the page's context when done. */
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
  // What the tests run in the page went through a compiler that names functions with this.
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

/** The ids of all slides, in their order. */
export function slideIds(page: Page): Promise<string[]> {
  return page.$$eval('section.slide', (sections) => sections.map(({ id }) => id));
}
