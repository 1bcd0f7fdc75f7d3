import type { Step } from '../../workshop/course/list.ts';
import { escaped } from './draw/svg.ts';
import { hatching } from './draw/waterfall.ts';
import { type Deck, stepsOfSystem } from './model.ts';
import { sectionsOf } from './section.ts';

/** Sets the theme before the page is drawn; the deck's script changes it on a key. */
const EARLY = `
const requested = new URLSearchParams(location.search).get('theme');
const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
document.documentElement.dataset.theme = requested === 'dark' || requested === 'light' ? requested : system;
`;

/** The talk as an HTML page that loads deck.css and deck.js; each chapter is a column of slides. */
export async function pageOf(deck: Deck, steps: readonly Step[]): Promise<string> {
  const columns: string[] = [];
  for (const chapter of deck.chapters) {
    const context = {
      chapter,
      steps,
      systemSteps: stepsOfSystem(chapter, deck),
      repository: deck.repository,
    };
    const sections: string[] = [];
    for (const slide of chapter.slides) sections.push(...(await sectionsOf(slide, context)));
    columns.push(`<section>\n${sections.join('\n')}\n</section>`);
  }
  return `<!doctype html>
<html lang="en" data-theme="light">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(deck.title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="deck.css">
<script>${EARLY}</script>
</head>
<body>
${hatching}
<main class="reveal"><div class="slides">
${columns.join('\n')}
</div></main>
<script src="deck.js"></script>
</body>
</html>
`;
}
