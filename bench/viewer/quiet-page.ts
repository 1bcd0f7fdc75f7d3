/**
 * A page that nobody follows. Playwright notes every request of the pages it opens, which takes longer than some of what
 * is measured; this one is a target of its own, asked by the Chrome DevTools Protocol for nothing but what is needed.
 */
import type { Browser, CDPSession } from 'playwright-core';

/** An empty page in a browser without a cache. */
export interface QuietPage {
  /** Runs a script in every document before its own. */
  addInitScript(source: string): Promise<void>;
  /**
   * Resolves once the document at the address begins to arrive.
   * @throws Error when it does not
   */
  goto(url: string): Promise<void>;
  /**
   * The value of an expression in the document, as JSON can tell it.
   * @throws Error when the expression throws
   */
  evaluate<T>(expression: string): Promise<T>;
  close(): Promise<void>;
}

/** As long as the browser may take for any one command. */
const LIMIT_MS = 30_000;

/**
 * Opens one of this size in pixels.
 * @throws Error from here or from any of its methods when the browser does not answer, or is gone
 */
export async function openQuietPage(
  browser: Browser,
  { width, height }: { width: number; height: number },
): Promise<QuietPage> {
  const whole = await browser.newBrowserCDPSession();
  const { browserContextId } = await whole.send('Target.createBrowserContext');
  const close = async () => {
    try {
      await whole.send('Target.disposeBrowserContext', { browserContextId });
    } finally {
      await whole.detach();
    }
  };
  try {
    const { targetId } = await whole.send('Target.createTarget', { url: 'about:blank', browserContextId });
    const send = await attached(whole, targetId);
    await send('Page.enable');
    await send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
    return {
      addInitScript: async (source) => void (await send('Page.addScriptToEvaluateOnNewDocument', { source })),
      async goto(url) {
        const { errorText } = await send('Page.navigate', { url });
        if (errorText) throw new Error(`${url} cannot be opened: ${errorText}`);
      },
      async evaluate(expression) {
        const { result, exceptionDetails } = await send('Runtime.evaluate', {
          expression,
          returnByValue: true,
        });
        if (exceptionDetails)
          throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
        return result.value;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * What sends commands to one target. They go through the session of the whole browser, wrapped as texts, because
 * Playwright gives no session for a target that it has not made.
 */
async function attached(whole: CDPSession, targetId: string): Promise<CDPSession['send']> {
  const { sessionId } = await whole.send('Target.attachToTarget', { targetId, flatten: false });
  const waiting = new Map<number, (answer: Answer) => void>();
  whole.on('Target.receivedMessageFromTarget', (received) => {
    if (received.sessionId !== sessionId) return;
    const { id, ...answer } = JSON.parse(received.message) as Answer & { id?: number };
    if (id !== undefined) waiting.get(id)?.(answer);
  });
  let last = 0;
  const send = async (method: string, params: object = {}) => {
    const id = ++last;
    let timer: NodeJS.Timeout | undefined;
    const { error, result } = await new Promise<Answer>((resolve, reject) => {
      waiting.set(id, resolve);
      timer = setTimeout(
        () => reject(new Error(`${method} had no answer in ${LIMIT_MS / 1_000} s.`)),
        LIMIT_MS,
      );
      const message = JSON.stringify({ id, method, params });
      whole.send('Target.sendMessageToTarget', { sessionId, message }).catch(reject);
    }).finally(() => {
      clearTimeout(timer);
      waiting.delete(id);
    });
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  };
  return send as CDPSession['send'];
}

interface Answer {
  result?: unknown;
  error?: { message: string };
}
