import { showFault } from './banner.ts';

/** While the deck is served, loads it anew when its source changes, and shows what is wrong with the source. */
export function reloadOnChange(): void {
  if (!document.documentElement.hasAttribute('data-live') || parent !== window) return;
  const changes = new EventSource('/changes');
  changes.addEventListener('change', () => location.reload());
  changes.addEventListener('fault', ({ data }) => showFault(String(data)));
}
