/** Changes between light and dark, and says so in the address, which the speaker's window takes over. */
export function toggleTheme(): void {
  const { dataset } = document.documentElement;
  dataset.theme = dataset.theme === 'dark' ? 'light' : 'dark';
  const url = new URL(location.href);
  url.searchParams.set('theme', dataset.theme);
  history.replaceState(null, '', url);
}
