import { type Browser, chromium } from 'playwright-core';
import { chromiumPath, howToGetIt, launchBrowser } from '#tools/browser';

/** The browser that all test files of `npm test` share (see test/run.ts), or a new one. Close it when done. */
export async function useBrowser(): Promise<Browser> {
  const { BROWSER_SERVER: server } = process.env;
  return server === undefined ? launchBrowser() : chromium.connect(server);
}

/**
 * For the options of a test that needs a browser: why it is skipped where there is none. In CI that is no reason, so there
 * the test runs and fails.
 */
export const skipWithoutBrowser: string | false =
  chromiumPath() !== undefined || process.env.CI === 'true' ? false : `there is no Chromium: ${howToGetIt}`;
