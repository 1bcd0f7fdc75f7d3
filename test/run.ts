/**
 * npm test: the files test/**\/*.test.ts, several at a time, and at the end how long each took. Slow tests are in files
 * *.slow.test.ts, or use `slowTest`: `--rest` runs only those, `--all` runs every test.
 * Words on the command line choose files: `npm test -- backend` runs those with "backend" in their path.
 */
import { readFileSync, rmSync } from 'node:fs';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { run } from 'node:test';
import { pathToFileURL } from 'node:url';
import { spec } from 'node:test/reporters';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { chromiumPath, launchOptions } from '#tools/browser';
import { postgresql } from '#workshop/parts/postgresql';
import { binariesOf, isStartable } from '#workshop/parts/programs';
import { usePart } from '#workshop/parts/use';
import { projectFolder } from '#workshop/settings';
import { counted } from '#workshop/trace/numbers';

const FILE_TIMEOUT_MS = 1_800_000; // a file that hangs should be named, before CI ends the whole run
// The files of each of these folders run in one process, since starting a process takes longer than their tests.
const lightFolders = [
  'trace',
  'cases',
  'endpoints',
  'contract',
  'course',
  'compose',
  'backend',
  'board',
  'tools/docs',
];
// The first file observes the steps for all others. The others, or the files of these folders, take longest: they begin
// early, so that no processor is idle at the end. In the second half are those that need the observations.
const firstFiles = [
  'check/steps',
  'fleet/wrong-attempts.slow',
  'check/accidents',
  'tools/docs/documents.slow',
  'check/wrong-attempts.slow',
  'checkout/',
  'viewer/',
  'run/',
  'services/',
  'check/command',
  'check/wrong-attempts',
  'tools/slides/deck',
  'tools/',
];

const { values, positionals: words } = parseArgs({
  allowPositionals: true,
  options: { all: { type: 'boolean' }, rest: { type: 'boolean' } },
});
const folder = join(projectFolder, 'test');
const files = (await readdir(folder, { recursive: true }))
  .filter((file) => file.endsWith('.test.ts') && words.every((word) => file.includes(word)))
  .toSorted();
const isSlow = (file: string) => file.endsWith('.slow.test.ts');
const withSlowTests = files.filter(
  (file) => isSlow(file) || readFileSync(join(folder, file), 'utf8').includes('slowTest'),
);
const fastFiles = files.filter((file) => !isSlow(file));
const chosen = inOrder(values.all ? files : values.rest ? withSlowTests : fastFiles);

if (chosen.length === 0) {
  const slow = withSlowTests.length > 0 ? ' Slow ones do: npm run test:rest.' : '';
  console.error(`No test file has ${words.map((word) => `"${word}"`).join(' and ')} in its path.${slow}`);
  process.exit(2);
}

const since = performance.now();
const observations = await mkdtemp(join(tmpdir(), 'workshop-observations-'));
process.once('exit', () => rmSync(observations, { recursive: true, force: true }));
process.env.WORKSHOP_OBSERVATIONS = observations;
process.env.WORKSHOP_TESTS = values.all ? 'all' : values.rest ? 'slow' : 'fast'; // see test/support/tests.ts

// One database for all test files: if each started its own, the first to end would end that of another file.
const hasDatabase = words.length === 0 && isStartable(postgresql) && binariesOf(postgresql) !== undefined;
const database = hasDatabase ? await usePart(postgresql) : undefined;

// Page tests of all files share one browser: useBrowser connects to it. Playwright would handle SIGTERM and SIGHUP by closing
// the browser alone; without that, they end this process, and the browser with it.
const browser =
  words.length === 0 && chromiumPath()
    ? await chromium.launchServer({ ...launchOptions(), handleSIGTERM: false, handleSIGHUP: false })
    : undefined;
if (browser) process.env.BROWSER_SERVER = browser.wsEndpoint();

const seconds = new Map<string, number>();
// One more than there are processors, because tests wait for services, for Prometheus, and for browsers.
const concurrency = availableParallelism() + 1;
const processes = await grouped(chosen);
const tests = run({ files: [...processes.keys()], concurrency, timeout: FILE_TIMEOUT_MS });
tests.on('test:fail', ({ todo }) => {
  if (todo === undefined) process.exitCode = 1;
});
tests.on('test:complete', ({ name, details }) => {
  const file = resolve(name); // tests end here too, whose names are not paths
  if (processes.has(file)) seconds.set(file, details.duration_ms / 1_000);
});
tests
  .compose(new spec())
  .on('end', showTimes)
  .on('end', () => database?.stop())
  .on('end', () => browser?.close())
  .pipe(process.stdout);

/**
 * The files to run, in order, each with the name to show: those of a light folder are one file, in the folder of the
 * observations, that imports them.
 */
async function grouped(paths: string[]): Promise<Map<string, string>> {
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const light = lightFolders.find((each) => dirname(path) === join(folder, each));
    const name = light === undefined || isSlow(path) ? path : join(folder, light);
    groups.set(name, [...(groups.get(name) ?? []), path]);
  }
  const names = new Map<string, string>();
  for (const [name, members] of groups) {
    const [first] = members;
    const file = members.length > 1 ? join(observations, `${names.size}.mjs`) : first!;
    names.set(file, relative(projectFolder, members.length > 1 ? name : first!));
    if (members.length === 1) continue;
    await writeFile(file, members.map((path) => `import '${pathToFileURL(path)}';\n`).join(''));
  }
  return names;
}

/** The files in the order in which to begin them. */
function inOrder(names: string[]): string[] {
  const place = (name: string) => {
    const index = firstFiles.findIndex((beginning) => name.startsWith(beginning));
    return index < 0 ? firstFiles.length : index;
  };
  return names.toSorted((a, b) => place(a) - place(b)).map((name) => join(folder, name));
}

function showTimes(): void {
  console.log('\nSeconds per file, or per folder whose files share a process:');
  for (const [file, time] of [...seconds].toSorted(([, a], [, b]) => b - a)) {
    console.log(`${time.toFixed(1).padStart(7)}  ${processes.get(file)}`);
  }
  console.log(`${((performance.now() - since) / 1_000).toFixed(1).padStart(7)}  in all`);
  if (values.all || values.rest || withSlowTests.length === 0) return;
  console.log(
    `\nThe slow tests in ${counted(withSlowTests.length, 'file')} were left out. To run them: npm run test:rest`,
  );
}
