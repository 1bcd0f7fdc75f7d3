import type { ReadonlySignal } from '@preact/signals';
import type { KeyBinding } from './keys.tsx';

/** The keys of a page with a list of links: they move the focus among the links, and turn live updates on or off. */
export function listKeys(
  links: { selector: string; what: string },
  isLive: ReadonlySignal<boolean>,
  setLive: (live: boolean) => void,
): KeyBinding[] {
  const goBy = (step: 1 | -1) => {
    const all = [...document.querySelectorAll<HTMLElement>(links.selector)];
    const at = all.findIndex((link) => link === document.activeElement);
    all[Math.min(all.length - 1, Math.max(0, at + step))]?.focus();
  };
  return [
    { keys: ['j', 's'], description: `next ${links.what}`, run: () => goBy(1) },
    { keys: ['k', 'w'], description: `previous ${links.what}`, run: () => goBy(-1) },
    { keys: ['l'], description: 'turn live updates on or off', run: () => setLive(!isLive.value) },
  ];
}
