/** Switches between light and dark, and puts the theme in the URL for the speaker window. */
export function toggleTheme(): void {
  const { dataset } = document.documentElement;
  dataset.theme = dataset.theme === 'dark' ? 'light' : 'dark';
  const url = new URL(location.href);
  url.searchParams.set('theme', dataset.theme);
  history.replaceState(null, '', url);
}
