import assert from 'node:assert/strict';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { runScript } from '../support/process.ts';
import { cwd, nameOf, workingCopy } from './working-copy.ts';

test('without a step, it checks the one after the last one that passed', async (t) => {
  const { check, progressFile } = await workingCopy(t, 9); // all of it is typed
  await writeFile(progressFile, JSON.stringify({ checked: [nameOf(2), nameOf(8), nameOf(3)] }));
  const { code, stdout } = await check();

  assert.match(stdout, /^Step 9, /);
  assert.equal(code, 0);
  const { checked } = JSON.parse(await readFile(progressFile, 'utf8')) as { checked: string[] };
  assert.deepEqual(checked, [nameOf(2), nameOf(8), nameOf(3), nameOf(9)]);
});

test('without a step, it checks the one after the step that was put there, like npm run diff', async (t) => {
  const { check, env, progressFile } = await workingCopy(t, 7);
  const put = await runScript(t, 'workshop/commands/step.ts', ['6'], { cwd, env });
  assert.equal(put.code, 0, put.stderr);
  const diff = () => runScript(t, 'workshop/commands/diff.ts', [], { cwd, env });
  const diffTo = (number: number) =>
    runScript(t, 'workshop/commands/diff.ts', [String(number)], { cwd, env });

  assert.match((await check()).stdout, /^Step 7, /);
  assert.equal((await diff()).stdout, (await diffTo(7)).stdout);

  // Somebody who has passed later steps, and goes back.
  await writeFile(progressFile, JSON.stringify({ checked: [1, 2, 3, 4, 5, 6, 7, 8].map(nameOf) }));
  assert.match((await check()).stdout, /^Step 7, /);
  assert.equal((await diff()).stdout, (await diffTo(7)).stdout);
});

test('without a step, it checks the passed ones again: one that fails now is named as a regression', async (t) => {
  const { check, progressFile } = await workingCopy(t, 8);
  await writeFile(progressFile, JSON.stringify({ checked: [1, 2, 3, 4, 5, 6, 7].map(nameOf) }));
  await writeFile(join(progressFile, '../step'), nameOf(7));
  const app = join(cwd, 'reviews-api/app.ts');
  const text = await readFile(app, 'utf8');
  assert.match(
    (await check()).stdout,
    /✓ Passed before, and still passing: 1, 2, 3, 4, 5, 6, 7\n[^]*Step 8 done/,
  );

  await writeFile(join(progressFile, '../step'), nameOf(7));
  await writeFile(app, text.replace('uuid: randomUUID()', "uuid: '553be815-76f3-49db-b9d7-caca4b23cc3e'"));
  const { code, stdout } = await check();
  assert.equal(code, 1);
  assert.match(stdout, /^Step 6, fix-the-bugs\n[^]*✗ Each review has its own uuid/);
  assert.match(stdout, /Step 6 passed before, but fails now: fix this, then run npm run check again\.\n$/);
});

test('a check that fails names the files under steps/ that were edited in place of the working copy', async (t) => {
  const { check } = await workingCopy(t, 6);
  const file = join(cwd, 'steps', nameOf(7), 'bands-api/tracing.ts');
  const text = await readFile(file, 'utf8');
  t.after(() => writeFile(file, text));
  await writeFile(file, `${text}// edited\n`);

  const { stdout } = await check('7');
  assert.match(
    stdout.replaceAll(/\s+/g, ' '),
    /Note: you edited steps\/07-\S+\/bands-api\/tracing\.ts\. The check runs the working copy, so make this change in bands-api\/tracing\.ts\./,
  );
});

test('a damaged progress file is moved aside, and the check continues', async (t) => {
  const { check, progressFile } = await workingCopy(t);
  await writeFile(progressFile, '{"checked": [');
  const { code, stdout, stderr } = await check('10', '--json');

  assert.match(stderr, /progress\.json is damaged/);
  assert.equal(code, 0);
  assert.equal(JSON.parse(stdout).passed, true);
  assert.deepEqual(JSON.parse(await readFile(progressFile, 'utf8')), { checked: [nameOf(10)] });
});

test('--json prints one object: step, passed, duration, and the result of each expectation', async (t) => {
  const { check } = await workingCopy(t, 6);
  await writeFile(
    join(cwd, 'run.ts'),
    (await readFile(join(cwd, 'run.ts'), 'utf8')).replace('traceparent:', 'trace_parent:'),
  );
  const { code, stdout, stderr } = await check('3', '--json');

  assert.equal(code, 1);
  assert.equal(stderr, '');
  const { step, passed, durationMs, expectations } = JSON.parse(stdout);
  assert.equal(step, nameOf(3));
  assert.equal(passed, false);
  assert.ok(Number.isInteger(durationMs) && durationMs > 0);
  const [failed, ...open] = expectations;
  assert.equal(failed.status, 'failed');
  assert.equal(failed.found, 'run.ts sent bands-api a header called "trace_parent", but no traceparent.');
  assert.match(failed.cause, /^The header is misspelled/);
  assert.equal(failed.file, 'run.ts');
  assert.ok(failed.traces.every((id: string) => /^[\da-f]{32}$/.test(id)));
  assert.ok(open.length > 0 && open.every(({ status }: { status: string }) => status === 'open'));
});

test('--watch checks again when a file is saved, and exits after Ctrl-C', async (t) => {
  const { start } = await workingCopy(t, 6);
  const subject = start('7', '--watch');
  await subject.printed(/Step 7 is not done yet[^]*Waiting for the next save/);

  const step = join(cwd, 'steps', nameOf(7));
  await cp(join(step, 'bands-api/tracing.ts'), join(cwd, 'bands-api/tracing.ts'));
  await cp(join(step, 'run.ts'), join(cwd, 'run.ts'));
  await subject.printed(/Step 7 done:[^]*Waiting for the next save/);

  subject.child.kill('SIGINT');
  assert.equal(await subject.ended, 0);
});
