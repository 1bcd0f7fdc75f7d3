import { signal } from '@preact/signals';

const PERIOD_MS = 1_000;
const RETRY_MS = 5_000;

/** Whether the backend answers. */
export const isBackendReachable = signal(true);

/** What came of asking: `undefined` when there is nothing yet. `problem` is a sentence of the backend. */
export type Update<Data> = { data: Data | undefined } | { problem: string };

/**
 * Asks for `urlOf()` at once and then every second for as long as the page is looked at, and hands over each response that
 * differs from the one before, with the URL that it answers. That is all it description: what the reader sees changes only as
 * `onUpdate` changes it. An URL of undefined means that nothing is to be asked for now. Gives a function that asks at once.
 */
export function poll<Data>(
  urlOf: () => string | undefined,
  onUpdate: (response: Update<Data>, url: string) => void,
): () => Promise<void> {
  let etag = '';
  let asked = '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  let turn = 0;

  const ask = async (): Promise<void> => {
    clearTimeout(timer);
    const own = ++turn;
    const url = urlOf();
    if (url !== undefined && !document.hidden) {
      const response = await fetchUpdate<Data>(url, url === asked ? etag : '');
      if (own !== turn) return;
      isBackendReachable.value = response !== undefined;
      if (response?.body) {
        asked = url;
        etag = response.etag;
        onUpdate(response.body, url);
      } else if (!response && asked === '') {
        onUpdate({ problem: 'The trace backend does not response: start it, and this page goes on.' }, url);
      }
    }
    timer = setTimeout(ask, isBackendReachable.value ? PERIOD_MS : RETRY_MS);
  };
  document.addEventListener('visibilitychange', () => void (document.hidden || ask()));
  void ask();
  return ask;
}

/** Undefined when the backend does not response; without a body when its response is still the same. */
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
  if (response.status === 204) return { data: undefined };
  const body = (await response.json()) as Data & { errors?: { msg: string }[] };
  if (response.ok) return { data: body };
  return { problem: body.errors?.[0]?.msg ?? `The trace backend answered with status ${response.status}.` };
}
