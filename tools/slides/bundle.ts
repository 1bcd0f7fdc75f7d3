import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { projectFolder } from '../../workshop/settings.ts';
import { MAX_LINES } from './code/block.ts';
import { serviceColorRules } from './draw/services.ts';
import { slidesFolder } from './read.ts';

const PACKAGES = ['reveal.js', '@fontsource-variable/inter', '@fontsource-variable/jetbrains-mono'];

/**
 * Bundles the scripts and styles of the deck and of its speaker window, including reveal.js and the fonts. Returns the
 * files that the page loads, by name.
 */
export async function bundleAssets(): Promise<Map<string, string>> {
  const { outputFiles } = await build({
    entryPoints: {
      deck: join(import.meta.dirname, 'browser', 'deck.ts'),
      'deck-style': join(slidesFolder, 'theme', 'deck.css'),
      speaker: join(import.meta.dirname, 'browser', 'speaker.ts'),
      'speaker-style': join(slidesFolder, 'theme', 'speaker.css'),
    },
    outdir: 'out',
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    loader: { '.woff2': 'dataurl' },
    legalComments: 'none',
    logLevel: 'silent',
  });
  const textOf = (name: string) => outputFiles.find(({ path }) => basename(path) === name)!.text;
  return new Map([
    ['deck.js', textOf('deck.js')],
    ['deck.css', serviceColorRules() + dimmingRules() + textOf('deck-style.css')],
    ['speaker.js', textOf('speaker.js')],
    ['speaker.css', textOf('speaker-style.css')],
    ['licenses.txt', await licenses()],
  ]);
}

/** While the speaker explains a part of the code, the other lines are dimmed; when printed, all lines are readable. */
function dimmingRules(): string {
  const rules = Array.from(
    { length: MAX_LINES },
    (_, part) => `section:has(.stop-${part}.current-fragment) .hljs-ln-code:not(.part-${part})`,
  );
  return `@media screen { html:not(.reveal-print) :is(${rules.join()}) { opacity: 0.25; } }\n`;
}

/** The licenses of the bundled packages, which require a copy. */
async function licenses(): Promise<string> {
  const texts = await Promise.all(
    PACKAGES.map(async (name) => {
      return `${name}\n\n${await readFile(join(projectFolder, 'node_modules', name, 'LICENSE'), 'utf8')}`;
    }),
  );
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}
