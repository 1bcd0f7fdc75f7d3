import { signal } from '@preact/signals';

const PERIOD_MS = 1_000;
const PERIOD_WHEN_SILENT_MS = 5_000;

/** Whether the backend answers. */
export const isBackendThere = signal(true);

/** What came of asking: `undefined` when there is nothing yet. `problem` is a sentence of the backend. */
export type Answer<Data> = { data: Data | undefined } | { problem: string };

/**
 * Asks for `urlOf()` at once and then every second for as long as the page is looked at, and hands over each answer that
 * differs from the one before, with the URL that it answers. That is all it does: what the reader sees changes only as
 * `onAnswer` changes it. An URL of undefined means that nothing is to be asked for now. Gives a function that asks at once.
 */
export function follow<Data>(
  urlOf: () => string | undefined,
  onAnswer: (answer: Answer<Data>, url: string) => void,
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
      const answer = await fetchAnswer<Data>(url, url === asked ? etag : '');
      if (own !== turn) return;
      isBackendThere.value = answer !== undefined;
      if (answer?.body) {
        asked = url;
        etag = answer.etag;
        onAnswer(answer.body, url);
      } else if (!answer && asked === '') {
        onAnswer({ problem: 'The trace backend does not answer: start it, and this page goes on.' }, url);
      }
    }
    timer = setTimeout(ask, isBackendThere.value ? PERIOD_MS : PERIOD_WHEN_SILENT_MS);
  };
  document.addEventListener('visibilitychange', () => void (document.hidden || ask()));
  void ask();
  return ask;
}

/** Undefined when the backend does not answer; without a body when its answer is still the same. */
async function fetchAnswer<Data>(
  url: string,
  etag: string,
): Promise<{ body?: Answer<Data>; etag: string } | undefined> {
  try {
    const answer = await fetch(url, etag === '' ? {} : { headers: { 'if-none-match': etag } });
    if (answer.status === 304) return { etag };
    return { body: await read<Data>(answer), etag: answer.headers.get('etag') ?? '' };
  } catch {
    return undefined;
  }
}

async function read<Data>(answer: Response): Promise<Answer<Data>> {
  if (answer.status === 204) return { data: undefined };
  const body = (await answer.json()) as Data & { errors?: { msg: string }[] };
  if (answer.ok) return { data: body };
  return { problem: body.errors?.[0]?.msg ?? `The trace backend answered with status ${answer.status}.` };
}
