import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launchBrowser } from '../browser.ts';
import { type BuiltDeck, writeDeck } from './build.ts';

/**
 * Prints the deck as a PDF file with a page a slide, those of all schedules, in the light theme.
 * @throws UserError when the machine has no Chromium
 */
export async function printDeck(built: BuiltDeck, file: string): Promise<void> {
  const browser = await launchBrowser();
  const folder = await mkdtemp(join(tmpdir(), 'workshop-slides-'));
  try {
    await writeDeck(built, folder);
    const page = await browser.newPage();
    await page.goto(`${pathToFileURL(join(folder, 'index.html')).href}?view=print&schedule=all&theme=light`);
    await page.waitForSelector('html[data-ready].reveal-print .pdf-page');
    await page.pdf({ path: file, preferCSSPageSize: true, printBackground: true });
  } finally {
    await browser.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
