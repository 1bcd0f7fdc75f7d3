import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openTerminal } from '#tools/docs/terminal';
import { projectFolder } from '#workshop/settings';

process.env.OTEL_TRACES_SAMPLER = 'always_off'; // must not reach a command
const { folder, run, start, close } = await openTerminal();
after(close);

/** A command that runs JavaScript, quoted for every shell. */
const node = (script: string) => `node -e "${script}"`;

test('a terminal is in a copy: installed, committed, and without what was written while working', async () => {
  assert.notEqual(folder, projectFolder);
  assert.equal(
    await readFile(join(folder, 'package.json'), 'utf8'),
    await readFile(join(projectFolder, 'package.json'), 'utf8'),
  );
  assert.match(await run('npx tsx --version'), /^tsx v/);
  assert.equal(await run('git status --short'), '');
  assert.ok(!existsSync(join(folder, '.workshop')));
});

test('both streams are shown, in the order in which they were written, and the end of a command does not matter', async () => {
  const script = `console.log(1); console.error(2); console.log(3); console.error(4); process.exitCode = 3`;
  assert.equal(await run(node(script)), '1\n2\n3\n4');
});

test('the usual ports are moved in commands and put back in what they print', async () => {
  const script = `console.log(process.env.BANDS_API_PORT, process.env.JAEGER_URL, process.argv[1].endsWith(':' + 8000))`;
  assert.equal(await run(`${node(script)} http://localhost:8000`), '8000 http://localhost:16686 false');
});

test('nothing of the process that runs the documents is passed on, and random waits are reproducible', async () => {
  const script = `console.log(process.env.OTEL_TRACES_SAMPLER, process.env.NODE_TEST_CONTEXT, process.env.WORKSHOP_SEED)`;
  assert.equal(await run(node(script)), 'undefined undefined 1');
});

test('a command that stays is waited for until it has printed what is shown, and ends with the terminal', async (t) => {
  const opened = await openTerminal();
  t.after(() => opened.close());
  const script = `require('fs').writeFileSync('pid', String(process.pid)); setInterval(() => {}, 1000);
    setTimeout(() => console.log('ready after 50 ms'), 50);`;
  await writeFile(join(opened.folder, 'stays.cjs'), script);

  await opened.start('node stays.cjs', 'ready after 1.2 s');
  const pid = Number(await readFile(join(opened.folder, 'pid'), 'utf8'));
  assert.doesNotThrow(() => process.kill(pid, 0));

  await opened.close();
  assert.throws(() => process.kill(pid, 0), 'the process has ended');
  assert.ok(!existsSync(opened.folder), 'the copy is gone');
});

test('a command that ends without printing what is shown fails with what it printed', async () => {
  await assert.rejects(
    start(node(`console.log('something else')`), 'ready'),
    /did not print what is shown below it\. It printed:\nsomething else/,
  );
});

test('a command that would change what all copies share is refused', async () => {
  for (const command of ['npm ci && npx tsx run.ts', 'npm i left-pad', 'docker compose up jaeger']) {
    await assert.rejects(run(command), /can't be run in a copy/);
  }
});
