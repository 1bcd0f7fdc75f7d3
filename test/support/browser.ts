import type { Browser, BrowserServer } from 'playwright-core';
import { chromiumPath, howToGetIt, launchBrowser, launchOptions } from '#tools/browser';

/**
 * For the options of a test that needs a browser: why it is skipped where there is none. In CI that is no reason, so there
 * the test runs and fails.
 */
export const skipWithoutBrowser: string | false =
  chromiumPath() !== undefined || process.env.CI === 'true' ? false : `there is no Chromium: ${howToGetIt}`;

/** Where the browser is that the files of a test run share. */
const SHARED = 'WORKSHOP_TEST_BROWSER';

/** Starts one browser for all files of a test run: those that start after this use it. Close it after the last one. */
export async function shareBrowser(): Promise<BrowserServer> {
  const { chromium } = await import('playwright-core');
  const server = await chromium.launchServer({ ...launchOptions(), host: '127.0.0.1' });
  process.env[SHARED] = server.wsEndpoint();
  return server;
}

/** The shared browser, or a new one in a file that runs alone. Close it when done: that closes only what was opened. */
export async function openBrowser(): Promise<Browser> {
  const endpoint = process.env[SHARED];
  if (endpoint === undefined) return launchBrowser();
  const { chromium } = await import('playwright-core');
  return chromium.connect(endpoint);
}
