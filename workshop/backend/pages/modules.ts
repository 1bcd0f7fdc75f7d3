/**
 * Makes modules fit for a browser: types and JSX go, and the name of a package becomes the path of its file. A module
 * keeps its place beside the others, so that what they import from each other needs no change.
 */
import { readFile } from 'node:fs/promises';
import { extname, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { projectFolder } from '../../settings.ts';

/** A module as a browser gets it. */
export interface BrowserModule {
  /** From the project's folder, with slashes. */
  path: string;
  code: string;
  /** Paths of the modules it imports at once, not those that it may import later. */
  imports: string[];
}

/** These modules and all that they import, by path. `entries` are paths from the project's folder. */
export async function browserModules(entries: readonly string[]): Promise<Map<string, BrowserModule>> {
  const { init } = await import('es-module-lexer');
  await init;
  const modules = new Map<string, BrowserModule>();
  const wanted = new Set(entries);
  for (let missing = [...wanted]; missing.length > 0;) {
    const read = await Promise.all(missing.map(browserModule));
    for (const { later, ...module } of read) {
      modules.set(module.path, module);
      for (const path of [...module.imports, ...later]) wanted.add(path);
    }
    missing = [...wanted].filter((path) => !modules.has(path));
  }
  return modules;
}

/** The modules that one needs before it can run, itself first. */
export function neededBy(entry: string, modules: ReadonlyMap<string, BrowserModule>): string[] {
  const needed = new Set([entry]);
  for (const path of needed) for (const imported of modules.get(path)!.imports) needed.add(imported);
  return [...needed];
}

async function browserModule(path: string): Promise<BrowserModule & { later: string[] }> {
  const file = new URL(path, pathToFileURL(projectFolder + sep));
  const { parse } = await import('es-module-lexer');
  const javascript = await stripped(await readFile(file, 'utf8'), path);
  const imports: string[] = [];
  const later: string[] = [];
  let code = '';
  let done = 0;
  for (const { type, specifier, start, end } of parse(javascript)[0]) {
    if (typeof specifier !== 'string') continue; // import.meta, or a name that is only known when it runs
    const isRelative = specifier.startsWith('.');
    const target = pathOf(isRelative ? new URL(specifier, file).href : import.meta.resolve(specifier));
    (type === 'dynamic' ? later : imports).push(target);
    if (isRelative) continue;
    const fromHere = '../'.repeat(path.split('/').length - 1) + target;
    code += javascript.slice(done, start) + javascript.slice(start, end).replace(specifier, () => fromHere);
    done = end;
  }
  return { path, code: code + javascript.slice(done), imports, later };
}

/** Without types, JSX and the white space that only people need. */
async function stripped(source: string, path: string): Promise<string> {
  const { transform } = await import('esbuild');
  const loader = ({ '.ts': 'ts', '.tsx': 'tsx' } as const)[extname(path)] ?? 'js';
  const { code } = await transform(source, {
    loader,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    target: 'es2023',
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
  });
  return code;
}

function pathOf(url: string): string {
  return relative(projectFolder, fileURLToPath(url)).split(sep).join('/');
}
