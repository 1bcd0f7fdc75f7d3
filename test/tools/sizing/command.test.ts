import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Size } from '#tools/sizing/size';
import { projectFolder } from '#workshop/settings';
import { runScript } from '../../support/process.ts';

const command = join(projectFolder, 'workshop/commands/sizing.ts');

test('npm run sizing prints a table, and the same as JSON', async (t) => {
  const [table, json] = await Promise.all([
    runScript(t, command, ['--spans-per-second', '1000000']),
    runScript(t, command, ['--spans-per-second', '1e6', '--json']),
  ]);
  assert.equal(table.code, 0, table.stderr);
  const { parts, partitions } = JSON.parse(json.stdout) as Size;
  assert.match(table.stdout, /^1,000,000 spans per second/);
  const cassandra = parts.find(({ name }) => name === 'cassandra')!;
  const shown = (count: number) => count.toLocaleString('en-US');
  assert.match(table.stdout, new RegExp(`^Cassandra .* ${shown(cassandra.machines)} \\(`, 'm'));
  assert.match(table.stdout, new RegExp(`at least ${shown(partitions)} partition`));
});

test('npm run sizing refuses what it cannot compute, in one sentence', async (t) => {
  const refusals: [string[], RegExp][] = [
    [[], /^--spans-per-second is missing: set it, as in --spans-per-second 1000000; --help lists/],
    [['--spans-per-second', 'many'], /^--spans-per-second needs a number of at least 1, not "many"\.$/],
    [['--spans-per-second', '0'], /^--spans-per-second needs a number of at least 1, not "0"\.$/],
    [['--spans-per-second', '9', '--keep', '14'], /^--keep needs a number from 0\.0001 to 1, not "14"\.$/],
    [
      ['--spans-per-second', '9', '--copies', '1.5'],
      /^--copies needs a whole number from 1 to 9, not "1\.5"\.$/,
    ],
    [['--spans-per-second', '9', '--load', ''], /^--load needs a number from 0\.0001 to 1, not ""\.$/],
    [['--spans', '9'], /^Unknown option '--spans'; --help lists the options\.$/],
  ];
  await Promise.all(
    refusals.map(async ([words, says]) => {
      const { code, stdout, stderr } = await runScript(t, command, words);
      assert.equal(code, 2, words.join(' '));
      assert.equal(stdout, '');
      assert.match(stderr.trimEnd(), says);
    }),
  );
});
