/**
 * npm test: every test/**\/*.test.ts, several files at a time, and at the end what took longest.
 * Words on the command line choose files: `npm test -- backend` runs those with "backend" in their path.
 */
import { readdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { projectFolder } from '#workshop/settings';

const SHOWN_FILES = 10;
const FILE_TIMEOUT_MS = 600_000; // a hung test should say its name instead of waiting for CI's own end

const words = process.argv.slice(2);
const folder = join(projectFolder, 'test');
const files = (await readdir(folder, { recursive: true }))
  .filter((file) => file.endsWith('.test.ts') && words.every((word) => file.includes(word)))
  .map((file) => join(folder, file));

if (files.length === 0) {
  console.error(`No test file has ${words.map((word) => `"${word}"`).join(' and ')} in its path.`);
  process.exit(2);
}

const seconds = new Map<string, number>();
const tests = run({ files, concurrency: availableParallelism(), timeout: FILE_TIMEOUT_MS });

tests.on('test:fail', ({ todo }) => {
  if (todo === undefined) process.exitCode = 1;
});
tests.on('test:complete', ({ name, nesting, details }) => {
  if (nesting === 0) seconds.set(name, details.duration_ms / 1_000);
});

tests
  .compose(new spec())
  .on('end', () => {
    const slowest = [...seconds].toSorted(([, a], [, b]) => b - a).slice(0, SHOWN_FILES);
    console.log(`\nWhat took longest (s, with everything that ran beside it):`);
    for (const [name, time] of slowest)
      console.log(`${time.toFixed(1).padStart(7)}  ${name.replace(folder, 'test')}`);
  })
  .pipe(process.stdout);
