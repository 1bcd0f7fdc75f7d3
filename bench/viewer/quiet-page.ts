/**
 * A page without Playwright's instrumentation, which records every request and so takes longer than some of what is
 * measured. It is a separate target that is controlled through the Chrome DevTools Protocol.
 */
import type { Browser, CDPSession } from 'playwright-core';

/** An empty page in a browser without a cache. */
export interface QuietPage {
  /** Runs a script in every document before its own. */
  addInitScript(source: string): Promise<void>;
  /**
   * Resolves once the document at the URL begins to arrive.
   * @throws Error if it doesn't
   */
  goto(url: string): Promise<void>;
  /**
   * The value of an expression in the document, serialized as JSON.
   * @throws Error if the expression throws
   */
  evaluate<T>(expression: string): Promise<T>;
  close(): Promise<void>;
}

/** How long the browser may take for a command. */
const TIMEOUT_MS = 30_000;

/**
 * Opens a page of this size in px.
 * @throws Error here and from any method, if the browser doesn't respond or is closed
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
        if (errorText) throw new Error(`Cannot open ${url}: ${errorText}`);
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
 * A function that sends commands to one target. They go through the browser's session, wrapped as text, because
 * Playwright has no sessions for targets that it didn't create.
 */
async function attached(whole: CDPSession, targetId: string): Promise<CDPSession['send']> {
  const { sessionId } = await whole.send('Target.attachToTarget', { targetId, flatten: false });
  const waiting = new Map<number, (response: CommandResponse) => void>();
  whole.on('Target.receivedMessageFromTarget', (received) => {
    if (received.sessionId !== sessionId) return;
    const { id, ...response } = JSON.parse(received.message) as CommandResponse & { id?: number };
    if (id !== undefined) waiting.get(id)?.(response);
  });
  let last = 0;
  const send = async (method: string, params: object = {}) => {
    const id = ++last;
    let timer: NodeJS.Timeout | undefined;
    const { error, result } = await new Promise<CommandResponse>((resolve, reject) => {
      waiting.set(id, resolve);
      timer = setTimeout(
        () => reject(new Error(`${method} got no response within ${TIMEOUT_MS / 1_000} s.`)),
        TIMEOUT_MS,
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

interface CommandResponse {
  result?: unknown;
  error?: { message: string };
}
