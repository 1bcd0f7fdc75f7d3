import type { PageName } from './assets.ts';

const tabs = [
  { page: 'search', name: 'Search' },
  { page: 'dependencies', name: 'Dependencies' },
] as const;

/**
 * The HTML of the bar at the top of a page, where the tab of `current` is marked if it has one. The bar is drawn before
 * any script has run, and nothing in it moves when one does: that wakes its field and buttons, which are inert until
 * then, see workshop/viewer/frame/masthead.ts.
 */
export function masthead(current: PageName): string {
  const links = tabs.map(
    ({ page, name }) => `<a href="/${page}"${page === current ? ' aria-current="page"' : ''}>${name}</a>`,
  );
  return `<a class="skip" href="#content">Skip to the content</a>
<header class="masthead">
<a class="home" href="/search"><span class="mark" aria-hidden="true"></span>Traces</a>
<nav aria-label="Pages">${links.join('\n')}</nav>
<form class="lookup" role="search" aria-label="Trace by its id" novalidate inert>
<label><span class="hidden-text">Trace id</span>
<input name="id" placeholder="Trace id" autocomplete="off" spellcheck="false" aria-describedby="lookup-problem"></label>
<p id="lookup-problem" role="alert"></p>
</form>
<div class="switches" inert>
<button type="button" class="switch" id="projector" aria-pressed="false" title="Text twice as large (x)">
<span class="large-a" aria-hidden="true">A</span><span class="wide-only">Projector</span
><span class="narrow-only hidden-text">Projector</span></button>
<label class="switch" title="Theme (T)"><span class="hidden-text">Theme</span>
<select id="theme" autocomplete="off">
<option value="system">System</option>
<option value="light">Light</option>
<option value="dark">Dark</option>
</select></label>
<button type="button" class="switch" id="keys" aria-label="Keys" title="Keys (?)">?</button>
</div>
</header>`;
}
