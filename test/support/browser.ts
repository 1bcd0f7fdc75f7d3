import { chromiumPath, howToGetIt } from '#tools/browser';

export { launchBrowser } from '#tools/browser';

/**
 * For the options of a test that needs a browser: why it is skipped where there is none. In CI that is no reason, so there
 * the test runs and fails.
 */
export const skipWithoutBrowser: string | false =
  chromiumPath() !== undefined || process.env.CI === 'true' ? false : `there is no Chromium: ${howToGetIt}`;
