/** What the pages are made of, ready to be sent: modules, styles, and the pages that load them. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { serviceColours } from '../../trace/colours.ts';
import { browserModules, neededBy } from './modules.ts';

/** The pages by name: each has a module of this name to start with. */
export const pageNames = ['trace', 'search', 'dependencies', 'compare', 'problem'] as const;
export type PageName = (typeof pageNames)[number];

export interface Asset {
  type: string;
  plain: Buffer;
  gzip: Buffer;
}

export interface Assets {
  /** By path: what is under /assets/VERSION/. */
  byPath: ReadonlyMap<string, Asset>;
  /** Another one when any of the assets is another, so that a browser may keep what it has for ever. */
  version: string;
  /** What a page needs, as paths: its styles, what must run before anything is drawn, and its modules, entry first. */
  neededBy: Readonly<Record<PageName, { styles: string; early: string; modules: string[] }>>;
}

let making: Promise<Assets> | undefined;

/** The assets; they are made when the first page is asked for, which takes about 0.2 s, and kept. */
export function assets(): Promise<Assets> {
  return (making ??= makeAssets());
}

const viewer = new URL('../../viewer/', import.meta.url);
const early = 'workshop/viewer/frame/early.ts';

async function makeAssets(): Promise<Assets> {
  const entries = pageNames.map((name) => `workshop/viewer/${name}/page.tsx`);
  const modules = await browserModules([early, ...entries]);

  const sources = new Map<string, { type: string; text: string }>();
  for (const { path, code } of modules.values()) sources.set(path, { type: 'text/javascript', text: code });
  const styles = await readStyles();
  for (const page of pageNames) {
    const texts = [...styles].filter(([file]) => isFor(page, file)).map(([, text]) => text);
    sources.set(stylesOf(page), { type: 'text/css', text: [colourStyles(), ...texts].join('\n') });
  }
  sources.set('icon.svg', {
    type: 'image/svg+xml',
    text: await readFile(new URL('styles/icon.svg', viewer), 'utf8'),
  });

  const hash = createHash('sha256');
  const byPath = new Map<string, Asset>();
  for (const [path, { type, text }] of sources) {
    hash.update(path).update('\0').update(text).update('\0');
    const plain = Buffer.from(text);
    byPath.set(path, { type: `${type}; charset=utf-8`, plain, gzip: await promisify(gzip)(plain) });
  }
  const needs = (name: PageName) => ({
    styles: stylesOf(name),
    early,
    modules: neededBy(`workshop/viewer/${name}/page.tsx`, modules),
  });
  return {
    byPath,
    version: hash.digest('hex').slice(0, 12),
    neededBy: Object.fromEntries(pageNames.map((name) => [name, needs(name)])) as Assets['neededBy'],
  };
}

function stylesOf(page: PageName): string {
  return `styles/${page}.css`;
}

/** The files with styles in the order in which they count, that of their names. */
async function readStyles(): Promise<Map<string, string>> {
  const folder = new URL('styles/', viewer);
  const files = (await readdir(folder)).filter((name) => name.endsWith('.css')).toSorted();
  const texts = await Promise.all(files.map((name) => readFile(new URL(name, folder), 'utf8')));
  return new Map(files.map((name, index) => [name, texts[index]!]));
}

/** A file of styles that is named after another page is not for this one. */
function isFor(page: PageName, file: string): boolean {
  const owner = file.replace('.css', '');
  return owner === page || !(pageNames as readonly string[]).includes(owner);
}

/** A class for each colour of `serviceColours`, so that there is one list of them; without a mark, until one is added. */
function colourStyles(): string {
  return serviceColours
    .map(
      ({ light, dark }, index) =>
        `.service-${index}{--service:light-dark(${light},${dark});--mark:none;--stripe:solid}`,
    )
    .join('\n');
}
