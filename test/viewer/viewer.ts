/** One browser and one backend for the tests of a file, and what they have in common. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before } from 'node:test';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { type Backend, startBackend } from '#workshop/backend/start';
import { nameHelper } from '#tools/browser';
import { useBrowser, skipWithoutBrowser } from '../support/browser.ts';
import { sendHttp } from '../support/otlp.ts';
import type { TraceSketch } from './traces.ts';

export interface Viewer {
  backend: Backend;
  /** Opens a page of the backend in a browser that knows nothing yet. It is closed and checked by `closed`. */
  open(path: string, options?: BrowserContextOptions & { projector?: boolean }): Promise<Page>;
  /** Sends the spans of traces and returns the ids of the traces. */
  send(...traces: TraceSketch[]): Promise<string[]>;
}

export const desktop = { width: 1440, height: 900 };
export const laptop = { width: 1024, height: 768 };
export const phone = { width: 390, height: 844 };
/** What a page must fit into (WCAG 2.2, 1.4.10). */
export const narrowest = { width: 320, height: 568 };

/** Starts browser and backend before the tests of a file, and ends them afterwards. */
export function viewer(): Viewer {
  let browser: Browser | undefined;
  let backend: Backend | undefined;
  if (!skipWithoutBrowser) {
    before(async () => {
      backend = await startBackend({ queryPort: 0, otlpGrpcPort: 0, otlpHttpPort: 0 });
      browser = await useBrowser();
    });
    after(async () => {
      await browser?.close();
      await backend?.close();
    });
  }
  return {
    get backend() {
      return backend!;
    },
    async open(path, { projector = false, ...options } = {}) {
      const context = await browser!.newContext({ viewport: desktop, ...options });
      await context.addInitScript(nameHelper);
      if (projector) await context.addInitScript(`localStorage.setItem('viewer.size', 'projector')`);
      const page = await context.newPage();
      watch(page, context);
      await page.goto(backend!.queryUrl + path);
      return page;
    },
    async send(...traces) {
      // While a test builds a large trace, the backend may close a connection that fetch would use again.
      const headers = { connection: 'close' };
      for (const message of traces.flatMap(({ messages }) => messages)) {
        const { status } = await sendHttp(backend!.otlpHttpUrl, message, headers);
        assert.equal(status, 200);
      }
      return traces.map(({ traceId }) => traceId);
    },
  };
}

const complaints = new WeakMap<Page, string[]>();

/** Notes what a page complains of, and every request that leaves the backend. */
function watch(page: Page, context: BrowserContext): void {
  const heard: string[] = [];
  complaints.set(page, heard);
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) heard.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => heard.push(`thrown: ${error.stack}`));
  context.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (protocol !== 'data:' && hostname !== 'localhost') heard.push(`asked for ${request.url()}`);
  });
}

/** Closes a page. It must not have complained of anything, but for what the test expects. */
export async function closed(page: Page, expected?: RegExp): Promise<void> {
  const heard = (complaints.get(page) ?? []).filter((complaint) => !expected?.test(complaint));
  await page.context().close();
  assert.deepEqual(heard, []);
}

/** The names of the rows on the page, from top to bottom, without those that are drawn beyond the screen. */
export async function rowNames(page: Page): Promise<string[]> {
  await page.locator('.span-row').first().waitFor();
  return page.locator('.span-row').evaluateAll((rows) =>
    rows
      .map((row) => ({
        at: Number(row.getAttribute('aria-rowindex')),
        name: row.querySelector('.name')?.textContent ?? '',
      }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ name }) => name),
  );
}

let axeSource: Promise<string> | undefined;

/** What depends on the theme. */
const COLOR_RULES = ['color-contrast', 'link-in-text-block'];

/** Asks axe-core about the page: WCAG 2.2, levels A and AA, and best practices, and about the colors in both themes. */
export async function accessible(page: Page): Promise<void> {
  axeSource ??= readFile(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
  await page.evaluate(await axeSource);
  for (const [colorScheme, only] of [
    ['light', {}],
    ['dark', { runOnly: COLOR_RULES }],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    const violations = await page.evaluate(
      async (rules) => {
        const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
        const result = await axe.run(document, { ...rules, resultTypes: ['violations'] });
        return result.violations.flatMap(({ id, nodes }) =>
          nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary}`),
        );
      },
      only as { runOnly?: string[] },
    );
    assert.deepEqual(violations, [], `in ${colorScheme}`);
  }
}
