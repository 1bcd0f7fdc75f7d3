/** The pictures of a trace in the README: screenshots of the trace page. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { startBackend } from '../../workshop/backend/start.ts';
import { launchBrowser } from '../browser.ts';
import { projectFolder } from '../../workshop/settings.ts';
import { readRecording, type Recording } from '../traces/recordings.ts';
import { listSteps } from '../../workshop/course/list.ts';
import { sendTrace } from '../traces/send-trace.ts';

const SIZE = { width: 1280, height: 770 };
const ONE_MINUTE_US = 60_000_000;

const themes = ['light', 'dark'] as const;
const pathOf = (theme: (typeof themes)[number]) => `docs/trace-${theme}.png`;

/** The paths of the pictures, relative to the project folder. */
export const picturePaths: readonly string[] = themes.map(pathOf);

const STEP_SHOWN = 10;

/**
 * Takes the pictures of the recorded trace of step 10, in which all bugs are fixed, and returns the paths of those that
 * have changed.
 * @throws UserError if there is no Chromium or no recording
 */
export async function renewPictures(): Promise<string[]> {
  const step = (await listSteps()).find(({ number }) => number === STEP_SHOWN)!;
  const changed: string[] = [];
  for (const [path, picture] of await tracePictures(await readRecording(step))) {
    const file = join(projectFolder, path);
    if (
      await readFile(file).then(
        (old) => old.equals(picture),
        () => false,
      )
    )
      continue;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, picture);
    changed.push(path);
  }
  return changed;
}

/** The page of a trace in the light and in the dark theme as PNG, by path relative to the project folder. */
async function tracePictures(trace: Recording): Promise<Map<string, Buffer>> {
  const backend = await startBackend({ queryPort: 0, otlpGrpcPort: 0, otlpHttpPort: 0 });
  try {
    await sendTrace(backend.otlpHttpUrl, trace);
    const browser = await launchBrowser();
    try {
      const pictures = new Map<string, Buffer>();
      for (const theme of themes) {
        const picture = await takePicture(
          browser,
          `${backend.queryUrl}/trace/${trace.traceId}`,
          trace,
          theme,
        );
        pictures.set(pathOf(theme), picture);
      }
      return pictures;
    } finally {
      await browser.close();
    }
  } finally {
    await backend.close();
  }
}

/** Sets the clock to one minute after the start of the trace, so that the picture is always the same. */
async function takePicture(
  browser: Browser,
  url: string,
  { spans }: Recording,
  colorScheme: 'light' | 'dark',
): Promise<Buffer> {
  const context = await browser.newContext({
    viewport: SIZE,
    colorScheme,
    locale: 'en-GB',
    timezoneId: 'UTC',
  });
  const page = await context.newPage();
  const startUs = Math.min(...spans.map((span) => span.startUs));
  await page.clock.setFixedTime((startUs + ONE_MINUTE_US) / 1_000);
  await page.goto(url);
  await page.locator('.span-row .log-mark').first().waitFor();
  const picture = await page.screenshot();
  await context.close();
  return picture;
}
