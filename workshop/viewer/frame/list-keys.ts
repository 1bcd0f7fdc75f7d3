import type { ReadonlySignal } from '@preact/signals';
import type { KeyBinding } from './keys.tsx';

/**
 * The keys of a page with a list of links: they turn live updates on or off, and move the focus among the links, at first
 * from the current one.
 */
export function listKeys(
  links: { selector: string; what: string },
  isLive: ReadonlySignal<boolean>,
  setLive: (live: boolean) => void,
): KeyBinding[] {
  const goBy = (step: 1 | -1) => {
    const all = [...document.querySelectorAll<HTMLElement>(links.selector)];
    const focused = all.findIndex((link) => link === document.activeElement);
    const at = focused < 0 ? all.findIndex((link) => link.ariaCurrent === 'true') : focused;
    all[Math.min(all.length - 1, Math.max(0, at + step))]?.focus();
  };
  return [
    { keys: ['j', 's'], description: `next ${links.what}`, run: () => goBy(1) },
    { keys: ['k', 'w'], description: `previous ${links.what}`, run: () => goBy(-1) },
    { keys: ['l'], description: 'turn live updates on or off', run: () => setLive(!isLive.value) },
  ];
}
