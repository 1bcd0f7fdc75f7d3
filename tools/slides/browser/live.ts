import { showError } from './banner.ts';

/** While the deck is served, reloads it when its source changes, and shows errors in the source. */
export function reloadOnChange(): void {
  if (!document.documentElement.hasAttribute('data-live') || parent !== window) return;
  const changes = new EventSource('/changes');
  changes.addEventListener('change', () => location.reload());
  changes.addEventListener('problem', ({ data }) => showError(String(data)));
}
