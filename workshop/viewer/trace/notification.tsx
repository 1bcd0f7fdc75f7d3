import { signal } from '@preact/signals';
import { keepFocus } from './scrolling.ts';

/** What can be done about a note. */
interface Act {
  label: string;
  run: () => void;
}

/** How long a note stays that asks for nothing: long enough to be read twice. */
const READ_MS = 8_000;

const news = signal<{ text: string; act?: Act }>({ text: '' });
let leaving: ReturnType<typeof setTimeout> | undefined;

/** Tells what has changed. A note goes by itself, but one that `waits` stays until it is closed or answered. */
export function notify(text: string, { waits = false, act }: { waits?: boolean; act?: Act } = {}): void {
  clearTimeout(leaving);
  news.value = { text, ...(act && { act }) };
  if (!waits) leaving = setTimeout(close, READ_MS);
}

function close(): void {
  news.value = { text: '' };
}

/** The note at the foot of the page about spans that came after the first drawing. */
export function Notification() {
  const { text, act } = news.value;
  return (
    <p class="news" role="status">
      {text}
      {act && (
        <button
          type="button"
          class="button"
          onClick={() =>
            keepFocus(() => {
              close();
              act.run();
            })
          }
        >
          {act.label}
        </button>
      )}
      {text && (
        <button type="button" class="button" aria-label="Close this note" onClick={() => keepFocus(close)}>
          ✕
        </button>
      )}
    </p>
  );
}
