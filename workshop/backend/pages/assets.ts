/** What the pages load: for each page a bundle of its script and a bundle of its styles. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { BuildFailure } from 'esbuild';
import { missingPackages } from '../../errors.ts';
import { projectFolder } from '../../settings.ts';
import { serviceColors } from '../../trace/colors.ts';

/** The pages by name: each has a folder of this name in workshop/viewer/. */
const pageNames = [
  'trace',
  'search',
  'logs',
  'dependencies',
  'indicators',
  'compare',
  'lesson',
  'problem',
  'board',
] as const;
export type PageName = (typeof pageNames)[number];

export interface Asset {
  type: string;
  plain: Buffer;
  gzip: Buffer;
}

export interface Assets {
  /** By file name: `trace.js` and `trace.css` for each page, `early.js`, and `icon.svg`. */
  byName: ReadonlyMap<string, Asset>;
  /** Changes when any of the assets changes, so that a browser can cache them forever. */
  version: string;
}

let building: Promise<Assets> | undefined;

/**
 * The assets. They are built when the first page is requested, which takes about 0.2 s, and kept.
 * @throws UserError when the packages that the pages consist of are not installed
 */
export function assets(): Promise<Assets> {
  return (building ??= buildAssets().catch((error: unknown) => {
    building = undefined;
    throw error;
  }));
}

type NamedFile = [name: string, content: Buffer];

const viewerFolder = join(projectFolder, 'workshop', 'viewer');

const types: Record<string, string> = { js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' };

async function buildAssets(): Promise<Assets> {
  const [scripts, styles, icon] = await Promise.all([
    buildScripts(),
    buildStyles(),
    readFile(join(viewerFolder, 'styles', 'icon.svg')),
  ]);
  const files: NamedFile[] = [...scripts, ...styles, ['icon.svg', icon]];

  const hash = createHash('sha256');
  const byName = new Map<string, Asset>();
  for (const [name, plain] of files) {
    hash.update(name).update('\0').update(plain).update('\0');
    const type = `${types[name.split('.')[1]!]}; charset=utf-8`;
    byName.set(name, { type, plain, gzip: await promisify(gzip)(plain) });
  }
  return { byName, version: hash.digest('hex').slice(0, 12) };
}

/** One bundle per page, without chunks that the pages share: on one machine, a request costs more than its bytes. */
async function buildScripts(): Promise<NamedFile[]> {
  const { build } = await import('esbuild');
  const pages = pageNames.map((page) => [page, join(viewerFolder, page, 'page.tsx')]);
  const { outputFiles } = await build({
    entryPoints: { ...Object.fromEntries(pages), early: join(viewerFolder, 'frame', 'early.ts') },
    outdir: viewerFolder, // nothing is written there
    write: false,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2023',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    logLevel: 'silent',
  }).catch((error: BuildFailure) => {
    const isPackageMissing = error.errors?.some(({ text }) => /^Could not resolve "[^."]/.test(text));
    throw isPackageMissing ? missingPackages('the pages') : error;
  });
  return outputFiles.map(({ path, contents }) => [
    path.slice(viewerFolder.length + 1),
    Buffer.from(contents),
  ]);
}

async function buildStyles(): Promise<NamedFile[]> {
  const { transform } = await import('esbuild');
  const styles = await readStyles();
  return Promise.all(
    pageNames.map(async (page) => {
      const texts = [...styles].filter(([owner]) => isFor(page, owner)).map(([, text]) => text);
      const { code } = await transform([colorStyles(), ...texts].join('\n'), {
        loader: 'css',
        minify: true,
      });
      return [`${page}.css`, Buffer.from(code)] as NamedFile;
    }),
  );
}

/** The style sheets by file name without `.css`, in the order in which they apply: by name. */
async function readStyles(): Promise<Map<string, string>> {
  const folder = join(viewerFolder, 'styles');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.css')).toSorted();
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  return new Map(files.map((name, index) => [name.replace('.css', ''), texts[index]!]));
}

/** Whether a page uses a style sheet: every page does, unless the sheet is named after another page. */
function isFor(page: PageName, owner: string): boolean {
  return owner === page || !(pageNames as readonly string[]).includes(owner);
}

/** A class for each of `serviceColors`, without a mark: a class added to it can bring one. */
function colorStyles(): string {
  return serviceColors
    .map(
      ({ light, dark }, index) =>
        `.service-${index}{--service:light-dark(${light},${dark});--mark:none;--stripe:solid}`,
    )
    .join('\n');
}
