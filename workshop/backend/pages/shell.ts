import type { Assets, PageName } from './assets.ts';
import { siteHeader } from './header.ts';

/**
 * The document of a page: the header, and what the page loads. Its script draws everything else. `dataUrls` are what the
 * script requests first; the browser fetches them while it loads the script.
 */
export function shell(
  page: PageName,
  title: string,
  assets: Assets,
  dataUrls: readonly string[],
  header = siteHeader(page),
): string {
  const at = (name: string) => `/assets/${assets.version}/${name}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<link rel="icon" href="${at('icon.svg')}">
<script src="${at('early.js')}"></script>
${dataUrls.map((url) => `<link rel="preload" as="fetch" crossorigin href="${escaped(url)}">`).join('\n')}
<link rel="stylesheet" href="${at(`${page}.css`)}">
<script type="module" src="${at(`${page}.js`)}"></script>
</head>
<body data-page="${page}">
<div id="page">
${header}
<div id="view"></div>
</div>
<noscript><p class="notice">These pages are drawn by JavaScript, which is switched off here.</p></noscript>
</body>
</html>
`;
}

/** A text as HTML. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
