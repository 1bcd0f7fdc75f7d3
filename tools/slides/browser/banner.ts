/** Shows an error at the bottom of the page; a later one replaces an earlier one. */
export function showError(text: string): void {
  const banner =
    document.querySelector('.problem-banner') ?? document.body.appendChild(document.createElement('p'));
  banner.className = 'problem-banner';
  banner.setAttribute('role', 'alert');
  banner.textContent = text;
}
