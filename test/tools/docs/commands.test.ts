import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { marked } from 'marked';
import { projectPaths, readProjectFile } from '#tools/project-files';
import { projectFolder } from '#workshop/settings';
import { runScript } from '../../support/process.ts';
import { slowTest, test } from '../../support/tests.ts';

// Commands in console blocks are run. These are the others: within a sentence, or in a block that shows no output.
const RUNS = /(?:npm run(?: -s)?|npm|npx) (?:[\w:-]+|tsx [\w./-]+)(?: [^`;|&#\n]*)?/g;
const paths = new Set(await projectPaths());
const { scripts } = JSON.parse(await readFile(`${projectFolder}/package.json`, 'utf8')) as {
  scripts: Record<string, string>;
};

/** The commands that a document names without showing what they print. */
function commandsNamedIn(document: string): string[] {
  const named: string[] = [];
  marked.walkTokens(marked.lexer(document), (token) => {
    const isText = token.type === 'codespan' || (token.type === 'code' && token.lang !== 'console');
    if (isText) named.push(...[...token.text.matchAll(RUNS)].map(([command]) => command.trim()));
  });
  return named;
}

/** What a command asks for: a script of package.json by its name, or a file; neither if it is none of the project's. */
function targetOf(command: string): { name?: string | undefined; path?: string | undefined } {
  const [, path] = /^npx tsx (\S+)/.exec(command) ?? [];
  const [, name] = /^npm run (?:-s )?([\w:-]+)/.exec(command) ?? [];
  return { name, path: path && inStep(path) };
}

/** Where a program of the working copy is: in the last step that has it, if that of the top level doesn't. */
function inStep(path: string): string {
  if (paths.has(path)) return path;
  return [...paths].findLast((one) => new RegExp(`^steps/[^/]+/${path}$`).test(one)) ?? path;
}

/** The file that a command runs, as a path of the project, and the words for it; undefined if it is another program. */
function scriptOf(command: string): string[] | undefined {
  const { name = '', path } = targetOf(command);
  return path ? [path] : /^tsx (.+)/.exec(scripts[name] ?? '')?.[1]?.split(' ');
}

const documents = [...paths].filter((path) => path.endsWith('.md'));
const uses = (await Promise.all(
  documents.map(async (path) =>
    commandsNamedIn(await readProjectFile(path)).map((command) => ({ path, command })),
  ),
).then((lists) => lists.flat())) as { path: string; command: string }[];

test('every command that a document names is there', () => {
  assert.ok(uses.length > 100, `${uses.length} commands were found`);
  const unknown = uses.filter(({ command }) => {
    const { name, path } = targetOf(command);
    return name ? !(name in scripts) : path !== undefined && !paths.has(path);
  });
  assert.deepEqual(unknown, []);
});

slowTest('every flag that a document gives to a command is in the help of that command', async (t) => {
  const withFlags = uses.filter(({ command }) => scriptOf(command) && / --[a-z]/.test(command));
  assert.ok(withFlags.length > 5, `${withFlags.length} commands with flags were found`);
  const helps = new Map<string, string>();
  for (const { command } of withFlags) {
    const [script, ...ownWords] = scriptOf(command)!;
    const words = script === 'bench/bench.ts' ? command.split(' ').slice(4, 5) : ownWords;
    const key = [script, ...words].join(' ');
    if (!helps.has(key)) helps.set(key, (await runScript(t, script!, [...words, '--help'])).stdout);
    for (const [flag] of command.matchAll(/--[a-z][a-z-]*/g)) {
      assert.ok(helps.get(key)!.includes(flag), `${command}: the help of ${key} does not know ${flag}`);
    }
  }
});
