import { signal } from '@preact/signals';
import { zoom, zoomTo } from './state.ts';

/** How long a note stays that asks for nothing: long enough to be read twice. */
const READ_MS = 8_000;

const news = signal('');
let leaving: ReturnType<typeof setTimeout> | undefined;

/** Tells what has changed. A note goes by itself, but one about a trace that is longer than what is shown waits for an answer. */
export function tell(text: string, { waits = false } = {}): void {
  clearTimeout(leaving);
  news.value = text;
  if (!waits) leaving = setTimeout(() => (news.value = ''), READ_MS);
}

/** The note at the foot of the page about spans that came after the first drawing. */
export function News() {
  return (
    <p class="news" role="status">
      {news.value}
      {news.value && zoom.value && (
        <button
          type="button"
          class="button"
          onClick={() => {
            tell('');
            zoomTo(undefined);
          }}
        >
          Show all of it
        </button>
      )}
      {news.value && (
        <button type="button" class="button" aria-label="Close this note" onClick={() => tell('')}>
          ✕
        </button>
      )}
    </p>
  );
}
