/**
 * npm test: the files test/**\/*.test.ts, several at a time, and at the end how long each took. What takes long is in
 * *.slow.test.ts: `--rest` runs only those files, `--all` runs every file.
 * Words on the command line choose files: `npm test -- backend` runs those with "backend" in their path.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, readdir } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { parseArgs } from 'node:util';
import { projectFolder } from '#workshop/settings';

const FILE_TIMEOUT_MS = 1_800_000; // a file that hangs should be named, before CI ends the whole run
const SLOW = '.slow.test.ts';
// These files, or the files of these folders, take longest. They begin first, so that no processor is idle at the end.
const longFiles = [
  'tools/docs/documents',
  'check/accidents',
  'check/wrong-attempts',
  'checkout/wrong-attempts',
  'viewer/',
  'course/',
  'checkout/commands',
  'check/command',
  'run/',
  'services/',
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
const isChosen = (file: string) => values.all || file.endsWith(SLOW) === (values.rest ?? false);
const chosen = longestFirst(files.filter(isChosen));
const leftOut = values.rest ? [] : files.filter((file) => !isChosen(file));

if (chosen.length === 0) {
  const slow = leftOut.length > 0 ? ' Slow ones do: npm run test:rest.' : '';
  console.error(`No test file has ${words.map((word) => `"${word}"`).join(' and ')} in its path.${slow}`);
  process.exit(2);
}

const since = performance.now();
const observations = await mkdtemp(join(tmpdir(), 'workshop-observations-'));
process.once('exit', () => rmSync(observations, { recursive: true, force: true }));
process.env.WORKSHOP_OBSERVATIONS = observations;
// A file that runs alone observes what it needs itself.
if (words.length === 0 && !values.rest) await observeSteps();

const seconds = new Map<string, number>();
const tests = run({ files: chosen, concurrency: availableParallelism(), timeout: FILE_TIMEOUT_MS });
tests.on('test:fail', ({ todo }) => {
  if (todo === undefined) process.exitCode = 1;
});
tests.on('test:complete', ({ name, details }) => {
  const file = resolve(name); // tests end here too, whose names are not paths
  if (chosen.includes(file)) seconds.set(file, details.duration_ms / 1_000);
});
tests.compose(new spec()).on('end', showTimes).pipe(process.stdout);

async function observeSteps(): Promise<void> {
  const script = ['--import', 'tsx', '--test-reporter=spec', join(folder, 'support/observe-steps.ts')];
  const [code] = await once(spawn(process.execPath, script, { stdio: 'inherit' }), 'exit');
  if (code !== 0) process.exitCode = 1;
}

/** The files in the order in which to begin them. */
function longestFirst(names: string[]): string[] {
  const place = (name: string) => {
    const index = longFiles.findIndex((beginning) => name.startsWith(beginning));
    return index < 0 ? longFiles.length : index;
  };
  return names.toSorted((a, b) => place(a) - place(b)).map((name) => join(folder, name));
}

function showTimes(): void {
  console.log('\nWhat each file took (s, with all that ran beside it):');
  for (const [file, time] of [...seconds].toSorted(([, a], [, b]) => b - a)) {
    console.log(`${time.toFixed(1).padStart(7)}  ${relative(projectFolder, file)}`);
  }
  console.log(`${((performance.now() - since) / 1_000).toFixed(1).padStart(7)}  in all`);
  if (leftOut.length === 0) return;
  const names = leftOut.map((file) => file.slice(0, -SLOW.length)).join(', ');
  console.log(`\nLeft out: ${leftOut.length} slow files (${names}): npm run test:rest.`);
}
