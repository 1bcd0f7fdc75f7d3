import { signal } from '@preact/signals';

/** What a reader chose for all pages; it is kept in the browser and set on the root element, where styles read it. */
export const theme = preference('theme', ['system', 'light', 'dark']);
export const size = preference('size', ['normal', 'projector']);

/** A choice among words, of which the first is the one before anybody chose. */
function preference<Word extends string>(name: string, words: readonly [Word, ...Word[]]) {
  const root = document.documentElement;
  const chosen = signal<Word>(words.find((word) => word === root.dataset[name]) ?? words[0]);
  return {
    get value() {
      return chosen.value;
    },
    words,
    set(word: Word) {
      chosen.value = word;
      root.dataset[name] = word;
      try {
        localStorage.setItem(`viewer.${name}`, word);
      } catch {
        // It holds for this page, then.
      }
    },
    next() {
      this.set(words[(words.indexOf(chosen.value) + 1) % words.length]!);
    },
  };
}
