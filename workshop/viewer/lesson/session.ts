import { computed, signal } from '@preact/signals';
import {
  type ActionInput,
  type ActionName,
  type ActionResponse,
  type DifferenceResponse,
  type SessionState,
  tokenHeader,
} from './session-state.ts';

/** What the server has said last; undefined until it has said something. */
export const state = signal<SessionState | undefined>(undefined);
export const isConnected = signal(true);
/** What the last action led to, in a sentence. */
export const message = signal('');

export const selectedStep = computed(() =>
  state.value?.steps.find(({ name }) => name === state.value?.selected),
);

const TOKEN = 'lesson.token';

/**
 * Moves the token from the address that the command prints to the storage of this tab, so that the room doesn't see it. Other
 * fragments are those of headings.
 */
function storeToken(): void {
  const [, token] = /^#token=(.+)$/.exec(location.hash) ?? [];
  if (token === undefined) return;
  sessionStorage.setItem(TOKEN, token);
  message.value = '';
  history.replaceState(null, '', location.pathname);
}
storeToken();
addEventListener('hashchange', storeToken); // the page stays when the address of a new start is opened in this tab

const events = new EventSource('/lesson/events');
events.addEventListener('message', ({ data }) => {
  state.value = JSON.parse(String(data)) as SessionState;
  isConnected.value = true;
});
events.addEventListener('error', () => (isConnected.value = false));

/** Asks for an action, and shows what came of it. */
export async function act(action: ActionName, input: ActionInput = {}): Promise<void> {
  try {
    const response = await fetch(`/lesson/do/${action}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [tokenHeader]: sessionStorage.getItem(TOKEN) ?? '' },
      body: JSON.stringify(input),
    });
    message.value = ((await response.json()) as ActionResponse).message;
  } catch {
    isConnected.value = false;
  }
}

/** The README of a step as HTML; undefined if it can't be read. */
export async function fetchReadme(step: string): Promise<string | undefined> {
  const response = await fetch(`/lesson/readme/${step}`).catch(() => undefined);
  return response?.ok ? response.text() : undefined;
}

/** What differs between the working copy and a step; undefined if it can't be read. */
export async function fetchDifference(step: string): Promise<DifferenceResponse | undefined> {
  const response = await fetch(`/lesson/difference/${step}`).catch(() => undefined);
  return response?.ok ? ((await response.json()) as DifferenceResponse) : undefined;
}
