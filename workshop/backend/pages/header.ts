import type { PageName } from './assets.ts';

const tabs = [
  { page: 'search', name: 'Search' },
  { page: 'logs', name: 'Logs' },
  { page: 'dependencies', name: 'Service graph' },
  { page: 'indicators', name: 'Indicators' },
] as const;

/**
 * The HTML of the header of a page, with the tab of `current` marked if it has one. The header is drawn before any
 * script has run, and the script moves nothing in it: it only activates the field and buttons, which are inert until
 * then (see workshop/viewer/frame/header.ts).
 */
export function siteHeader(current: PageName): string {
  return `<a class="skip" href="#content">Skip to content</a>
<header class="site-header">
${current === 'lesson' ? home('/lesson', 'Lesson') : `${home('/search', 'Traces')}\n${wayToTraces(current)}`}
<div class="switches" inert>
<button type="button" class="switch" id="projector" aria-pressed="false" title="Double the text size (x)">
<span class="large-a" aria-hidden="true">A</span><span class="wide-only">Projector</span
><span class="narrow-only hidden-text">Projector</span></button>
<label class="switch" title="Theme (T)"><span class="hidden-text">Theme</span>
<select id="theme" autocomplete="off">
<option value="system">System</option>
<option value="light">Light</option>
<option value="dark">Dark</option>
</select></label>
<button type="button" class="switch" id="keys" aria-label="Keyboard shortcuts" title="Keyboard shortcuts (?)">?</button>
</div>
</header>`;
}

function home(path: string, name: string): string {
  return `<a class="home" href="${path}"><span class="mark" aria-hidden="true"></span>${name}</a>`;
}

/** The tabs, and the field for an id. */
function wayToTraces(current: PageName): string {
  const links = tabs.map(
    ({ page, name }) => `<a href="/${page}"${page === current ? ' aria-current="page"' : ''}>${name}</a>`,
  );
  return `<nav aria-label="Pages">${links.join('\n')}</nav>
<form class="lookup" role="search" aria-label="Go to a trace or span by id" novalidate inert>
<label><span class="hidden-text">Trace or span id</span>
<input name="id" placeholder="Trace or span id" autocomplete="off" spellcheck="false" aria-describedby="lookup-problem"></label>
<p id="lookup-problem" role="alert"></p>
</form>`;
}
