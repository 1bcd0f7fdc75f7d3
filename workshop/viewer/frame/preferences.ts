import { signal } from '@preact/signals';

/**
 * The reader's preferences for all pages, stored in the browser and set on the root element, where styles read them.
 */
export const theme = preference('theme', ['system', 'light', 'dark']);
export const size = preference('size', ['normal', 'projector']);
/** Whether traces are explained, unless the URL of their page says otherwise. */
export const explanations = preference('explanations', ['off', 'on']);
/** Whether the board shows nicknames. */
export const names = preference('names', ['shown', 'hidden']);

const systemTheme = matchMedia('(prefers-color-scheme: dark)');
/** Whether the system prefers a dark theme. */
export const isSystemDark = signal(systemTheme.matches);
systemTheme.addEventListener('change', ({ matches }) => (isSystemDark.value = matches));

/** A choice of one of these words; the first is the default. */
function preference<Word extends string>(name: string, words: readonly [Word, ...Word[]]) {
  const root = document.documentElement;
  const chosen = signal<Word>(words.find((word) => word === root.dataset[name]) ?? words[0]);
  const show = (word: Word) => {
    root.dataset[name] = word; // first, because what depends on the choice may measure the page
    chosen.value = word;
  };
  // The reader has made a choice on another page, such as the one that this page is a frame of.
  addEventListener('storage', ({ key, newValue }) => {
    const word = key === `viewer.${name}` && words.find((each) => each === newValue);
    if (word) show(word);
  });
  return {
    get value() {
      return chosen.value;
    },
    words,
    set(word: Word) {
      show(word);
      try {
        localStorage.setItem(`viewer.${name}`, word);
      } catch {
        // Without storage, the choice applies to this page only.
      }
    },
    next() {
      this.set(words[(words.indexOf(chosen.value) + 1) % words.length]!);
    },
  };
}
