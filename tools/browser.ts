/** The system's Chromium, which prints slides, takes pictures of pages, and tests them. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Browser, LaunchOptions } from 'playwright-core';
import { UserError } from '../workshop/errors.ts';

/** Where Chromium and Chrome usually are, by platform. */
const places: Record<string, readonly string[]> = {
  // The headless shell is the same Chromium without its windows. It needs half the processor time.
  linux: [
    '/usr/bin/chromium-headless-shell',
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/snap/bin/chromium',
  ],
  darwin: [
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ],
  win32: [
    String.raw`C:\Program Files\Google\Chrome\Application\chrome.exe`,
    String.raw`C:\Program Files (x86)\Google\Chrome\Application\chrome.exe`,
    String.raw`C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe`,
  ],
};
const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The path of a Chromium on this machine: CHROMIUM, or else that of the system; undefined if there is none. */
export function chromiumPath(): string | undefined {
  const inPath = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)));
  const candidates = [process.env.CHROMIUM ?? '', ...(places[process.platform] ?? []), ...inPath];
  return candidates.find((path) => path !== '' && existsSync(path));
}

/** What to do if there is none, as part of a sentence. */
export const howToGetIt =
  'install it (apt install chromium, brew install chromium) or set CHROMIUM to its path';

/**
 * Starts the browser without a window. It connects only to this machine. The caller must close it.
 * @throws UserError if there is none
 */
export async function launchBrowser(): Promise<Browser> {
  const options = launchOptions();
  const { chromium } = await import('playwright-core');
  return chromium.launch(options);
}

/**
 * What Playwright needs to launch the browser, or a server that several processes connect to.
 * @throws UserError when there is no browser
 */
export function launchOptions(): LaunchOptions {
  const executablePath = chromiumPath();
  if (!executablePath) throw new UserError(`There is no Chromium: ${howToGetIt}.`);
  return {
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-default-apps',
      '--no-first-run',
      '--force-color-profile=srgb',
      '--font-render-hinting=none', // so that the headless shell sets text as wide as Chromium does
    ],
  };
}

/**
 * For `addInitScript`: functions that are passed from Node.js to a page call this, because tsx compiles functions so that
 * they keep their names.
 */
export const nameHelper = 'globalThis.__name ??= (value) => value;';
