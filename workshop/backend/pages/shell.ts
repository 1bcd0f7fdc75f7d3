import type { Assets, PageName } from './assets.ts';
import { siteHeader } from './header.ts';

/**
 * The document of a page: its header, and what it has to load. All else is drawn in the browser. `dataUrls` are
 * what its script will ask for first, so that the answers are on their way meanwhile.
 */
export function shell(page: PageName, title: string, assets: Assets, dataUrls: readonly string[]): string {
  const at = (path: string) => `/assets/${assets.version}/${path}`;
  const { styles, early, modules } = assets.neededBy[page];
  const [entry, ...others] = modules;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<link rel="icon" href="${at('icon.svg')}">
<script src="${at(early)}"></script>
${dataUrls.map((url) => `<link rel="preload" as="fetch" crossorigin href="${escaped(url)}">`).join('\n')}
<link rel="stylesheet" href="${at(styles)}">
<script type="module" src="${at(entry!)}"></script>
${others.map((path) => `<link rel="modulepreload" href="${at(path)}">`).join('\n')}
</head>
<body data-page="${page}">
<div id="page">
${siteHeader(page)}
<div id="view"></div>
</div>
<noscript><p class="notice">These pages are drawn by JavaScript, which is switched off here.</p></noscript>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
