import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launchBrowser } from '../browser.ts';
import { type BuiltDeck, writeDeck } from './build.ts';
import type { ScheduleName } from './model.ts';

/** Which schedule to print, and whether to print the notes instead of the slides. */
export interface PrintOptions {
  schedule?: ScheduleName | 'all';
  notes?: boolean;
}

/**
 * Prints the deck as a PDF file: one page per slide, in the light theme, or A4 pages with small
 * pictures of the slides beside their notes.
 * @throws UserError if the machine has no Chromium
 */
export async function printDeck(
  built: BuiltDeck,
  file: string,
  { schedule = 'all', notes = false }: PrintOptions = {},
): Promise<void> {
  const browser = await launchBrowser();
  const folder = await mkdtemp(join(tmpdir(), 'workshop-slides-'));
  try {
    await writeDeck(built, folder);
    const page = await browser.newPage();
    const deck = pathToFileURL(join(folder, 'index.html')).href;
    await page.goto(`${deck}?schedule=${schedule}&theme=light&view=print${notes ? '&with=notes' : ''}`);
    await page.waitForSelector(`html[data-ready].reveal-print ${notes ? 'article' : '.slides'} > .pdf-page`);
    await page.pdf({ path: file, preferCSSPageSize: true, printBackground: true });
  } finally {
    await browser.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
