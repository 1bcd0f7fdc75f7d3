import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { launchBrowser, nameHelper } from '../browser.ts';
import { type BuiltDeck, writeDeck } from './build.ts';
import type { ScheduleName } from './model.ts';
import { notesPage, type PrintedNotes } from './notes-page.ts';

/** Which schedule to print, and whether to print the notes instead of the slides. */
export interface PrintOptions {
  schedule?: ScheduleName | 'all';
  notes?: boolean;
}

/**
 * Prints the deck as a PDF file: one page per slide, in the light theme, or one A4 page per slide with its notes.
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
    const url = `${pathToFileURL(join(folder, 'index.html')).href}?schedule=${schedule}&theme=light`;
    if (notes) {
      await page.addInitScript(nameHelper);
      await page.goto(url);
      await page.waitForSelector('html[data-ready]');
      await page.setContent(notesPage(await notesOf(page)));
    } else {
      await page.goto(`${url}&view=print`);
      await page.waitForSelector('html[data-ready].reveal-print .pdf-page');
    }
    await page.pdf({ path: file, preferCSSPageSize: true, printBackground: true });
  } finally {
    await browser.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The notes of the slides in an open deck; sections with the code before a change have no notes. */
function notesOf(page: Page): Promise<PrintedNotes[]> {
  return page.$$eval('section.slide:not(.before)', (sections) =>
    sections.map((section) => ({
      number: section.querySelector('.number')!.textContent,
      chapter: section.querySelector('.where')!.textContent,
      title: section.querySelector('h1, h2')!.innerHTML,
      notes: section.querySelector('.notes')!.innerHTML,
    })),
  );
}
