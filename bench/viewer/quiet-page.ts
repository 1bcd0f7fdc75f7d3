/**
 * A page that nobody follows. Playwright notes every request of the pages it opens, which takes longer than some of what
 * is measured; this one is a target of its own, asked by the Chrome DevTools Protocol for nothing but what is needed.
 */
import type { Browser, CDPSession } from 'playwright-core';

/** An empty page in a browser without a cache. */
export interface QuietPage {
  /** Runs a script in every document before its own. */
  addInitScript(source: string): Promise<void>;
  /** Resolves as soon as the address is on its way, and does not wait for the page. */
  goto(url: string): Promise<void>;
  /** The value of an expression in the document, as JSON can tell it. */
  evaluate<T>(expression: string): Promise<T>;
  close(): Promise<void>;
}

/** Opens one of this size in pixels. */
export async function openQuietPage(
  browser: Browser,
  { width, height }: { width: number; height: number },
): Promise<QuietPage> {
  const whole = await browser.newBrowserCDPSession();
  const { browserContextId } = await whole.send('Target.createBrowserContext');
  const { targetId } = await whole.send('Target.createTarget', {
    url: 'about:blank',
    browserContextId,
    width,
    height,
  });
  const { sessionId } = await whole.send('Target.attachToTarget', { targetId, flatten: false });
  const send = sender(whole, sessionId);
  await send('Page.enable');
  await send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
  return {
    addInitScript: async (source) => void (await send('Page.addScriptToEvaluateOnNewDocument', { source })),
    goto: async (url) => void (await send('Page.navigate', { url })),
    async evaluate<T>(expression: string) {
      const answer = await send('Runtime.evaluate', { expression, returnByValue: true });
      return (answer as { result: { value: T } }).result.value;
    },
    async close() {
      await whole.send('Target.disposeBrowserContext', { browserContextId });
      await whole.detach();
    },
  };
}

/** Sends commands to one target through the session of the whole browser, and gives their answers. */
function sender(whole: CDPSession, sessionId: string): (method: string, params?: object) => Promise<unknown> {
  const waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  whole.on('Target.receivedMessageFromTarget', ({ message, sessionId: from }) => {
    if (from !== sessionId) return;
    const { id, result, error } = JSON.parse(message) as {
      id?: number;
      result?: unknown;
      error?: { message: string };
    };
    const asked = waiting.get(id ?? -1);
    if (error) asked?.reject(new Error(error.message));
    else asked?.resolve(result);
  });
  let last = 0;
  return (method, params = {}) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      waiting.set(id, { resolve, reject });
      whole
        .send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id, method, params }) })
        .catch(reject);
    });
}
