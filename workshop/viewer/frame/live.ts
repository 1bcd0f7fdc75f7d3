import { signal } from '@preact/signals';

const PERIOD_MS = 1_000;
const RETRY_MS = 5_000;

/** Whether the backend responds. */
export const isBackendReachable = signal(true);

/** The result of a request: `data` is undefined if there is nothing yet; `problem` is a sentence, empty if all is well. */
export interface Update<Data> {
  data?: Data;
  problem: string;
}

/**
 * Requests `urlOf()` at once and then every second while the page is visible, and calls `onUpdate` with each response
 * that differs from the previous one, and its URL. A URL of undefined means no request for now. Returns a function that
 * requests at once.
 */
export function poll<Data>(
  urlOf: () => string | undefined,
  onUpdate: (response: Update<Data>, url: string) => void,
): () => Promise<void> {
  let etag = '';
  let lastUrl = '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  let turn = 0;

  const ask = async (): Promise<void> => {
    clearTimeout(timer);
    const own = ++turn;
    const url = urlOf();
    if (url !== undefined && !document.hidden) {
      const response = await fetchUpdate<Data>(url, url === lastUrl ? etag : '');
      if (own !== turn) return;
      isBackendReachable.value = response !== undefined;
      if (response?.body) {
        lastUrl = url;
        etag = response.etag;
        onUpdate(response.body, url);
      } else if (!response && lastUrl === '') {
        onUpdate({ problem: 'The trace backend does not respond. Start it, and this page continues.' }, url);
      }
    }
    timer = setTimeout(ask, isBackendReachable.value ? PERIOD_MS : RETRY_MS);
  };
  document.addEventListener('visibilitychange', () => void (document.hidden || ask()));
  void ask();
  return ask;
}

/** Undefined if the backend doesn't respond; without a body if the response hasn't changed. */
async function fetchUpdate<Data>(
  url: string,
  etag: string,
): Promise<{ body?: Update<Data>; etag: string } | undefined> {
  try {
    const response = await fetch(url, etag === '' ? {} : { headers: { 'if-none-match': etag } });
    if (response.status === 304) return { etag };
    return { body: await read<Data>(response), etag: response.headers.get('etag') ?? '' };
  } catch {
    return undefined;
  }
}

async function read<Data>(response: Response): Promise<Update<Data>> {
  if (response.status === 204) return { problem: '' };
  const body = (await response.json()) as Data & { errors?: { msg: string }[] };
  if (response.ok) return { data: body, problem: '' };
  return { problem: body.errors?.[0]?.msg ?? `The trace backend responded with status ${response.status}.` };
}
