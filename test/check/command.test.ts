import assert from 'node:assert/strict';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import { copyProject, removeCopy } from '#tools/project-copy';
import { listSteps } from '#workshop/course/list';
import { isolatedEnvironment } from '../support/environment.ts';
import { runScript, startScript } from '../support/process.ts';

const steps = await listSteps();
const nameOf = (number: number) => steps.find((step) => step.number === number)!.name;
const command = 'workshop/commands/check.ts';

const cwd = await copyProject();
after(() => removeCopy(cwd));

/** Puts a step into the working copy of a project of our own, and gives the command with a state of its own. */
async function workingCopy(t: TestContext, number = 10) {
  const { env, ports } = await isolatedEnvironment(t);
  const step = join(cwd, 'steps', nameOf(number));
  for (const name of ['run.ts', 'bands-api', 'reviews-api']) {
    await rm(join(cwd, name), { recursive: true });
    await cp(join(step, name), join(cwd, name), { recursive: true });
  }
  const options = { cwd, env };
  return {
    env,
    ports,
    check: (...args: string[]) => runScript(t, command, args, options),
    start: (...args: string[]) => startScript(t, command, args, options),
    progressFile: join(env['WORKSHOP_STATE']!, 'progress.json'),
  };
}

test('a check that passes shows each expectation with a tick and one closing line, remembers that, and ends with 0', async (t) => {
  const { check, progressFile } = await workingCopy(t);
  const { code, stdout, stderr } = await check('9');

  assert.equal(stderr, '');
  assert.equal(
    stdout,
    `Step 09, correlate-logs

  ✓ Every line that bands-api logs for the call has a trace_id, and a span_id of that trace
  ✓ So has every line of reviews-api
  ✓ The lines of another call have the id of its own trace

Step 09 done: the logs of all services can be searched by trace. Next: steps/${nameOf(10)}/README.md
`,
  );
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(await readFile(progressFile, 'utf8')), { checked: [nameOf(9)] });
});

test('a check that fails shows what was expected, found, likely and where to look, with the trace, and ends with 1', async (t) => {
  const { check, progressFile } = await workingCopy(t, 6);
  const { code, stdout, stderr } = await check(nameOf(7));

  assert.equal(stderr, '');
  assert.equal(
    stdout.slice(0, stdout.indexOf('\nbands-api: ')),
    `Step 07, trace-id-in-the-response

  ✗ bands-api answers with a header trace-id, which is the id of the trace
  · So does an answer that is an error
  · run.ts learns the trace id, and so prints the URL of the trace

Expected  bands-api answers with a header trace-id, which is the id of the trace.
Found     bands-api answered GET /bands/553be815-76f3-49db-b9d7-caca4b23cc3e (200) without a header
          trace-id.
Cause     Nothing sets the header. The responseHook of HttpInstrumentation sees each answer before
          its headers leave.
Look at   bands-api/tracing.ts
`,
  );
  assert.match(stdout, /\nbands-api: GET \/bands\/:id .* 8 spans · 2 services · no errors\n/);
  assert.match(stdout, /\nStep 07 is not done yet: mend this, then npm run check 7 again\.\n$/);
  assert.equal(code, 1);
  await assert.rejects(readFile(progressFile), 'nothing is remembered');
});

test('without a word it checks the step after the last one that passed', async (t) => {
  const { check, progressFile } = await workingCopy(t, 9); // all of it is typed
  await writeFile(progressFile, JSON.stringify({ checked: [nameOf(2), nameOf(8), nameOf(3)] }));
  const { code, stdout } = await check();

  assert.match(stdout, /^Step 09, /);
  assert.equal(code, 0);
  const { checked } = JSON.parse(await readFile(progressFile, 'utf8')) as { checked: string[] };
  assert.deepEqual(checked, [nameOf(2), nameOf(8), nameOf(3), nameOf(9)]);
});

test('without a word it checks the step after the one that was put there, as npm run diff shows it', async (t) => {
  const { check, env, progressFile } = await workingCopy(t, 7);
  const put = await runScript(t, 'workshop/commands/step.ts', ['6'], { cwd, env });
  assert.equal(put.code, 0, put.stderr);
  const diff = () => runScript(t, 'workshop/commands/diff.ts', [], { cwd, env });
  const diffTo = (number: number) =>
    runScript(t, 'workshop/commands/diff.ts', [String(number)], { cwd, env });

  assert.match((await check()).stdout, /^Step 07, /);
  assert.equal((await diff()).stdout, (await diffTo(7)).stdout);

  // Who has passed later steps before, and goes back.
  await writeFile(progressFile, JSON.stringify({ checked: [1, 2, 3, 4, 5, 6, 7, 8].map(nameOf) }));
  assert.match((await check()).stdout, /^Step 07, /);
  assert.equal((await diff()).stdout, (await diffTo(7)).stdout);
});

test('a progress that is damaged is set aside, and the check goes on', async (t) => {
  const { check, progressFile } = await workingCopy(t);
  await writeFile(progressFile, '{"checked": [');
  const { code, stdout, stderr } = await check('10', '--json');

  assert.match(stderr, /progress\.json is damaged/);
  assert.equal(code, 0);
  assert.equal(JSON.parse(stdout).passed, true);
  assert.deepEqual(JSON.parse(await readFile(progressFile, 'utf8')), { checked: [nameOf(10)] });
});

test('--json prints one object: step, passed, time, and what became of each expectation', async (t) => {
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
  assert.equal(failed.found, 'run.ts sent bands-api no header traceparent, but one called "trace_parent".');
  assert.match(failed.cause, /^The header is misspelt/);
  assert.equal(failed.file, 'run.ts');
  assert.ok(failed.traces.every((id: string) => /^[\da-f]{32}$/.test(id)));
  assert.ok(open.length > 0 && open.every(({ status }: { status: string }) => status === 'open'));
});

test('services that run already are left alone: the check needs none of their ports and none of their logs', async (t) => {
  const { check, ports, progressFile } = await workingCopy(t);
  const held = await Promise.all(
    Object.values(ports).map(
      (port) =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer((socket) => void socket.destroy());
          server.listen(port, 'localhost', () => resolve(server));
        }),
    ),
  );
  t.after(() => held.forEach((server) => server.close()));
  const logs = join(progressFile, '../logs');
  await mkdir(logs);
  await writeFile(join(logs, 'bands-api.log'), 'a line\n');
  assert.equal((await check('10')).code, 0);
  assert.equal(await readFile(join(logs, 'bands-api.log'), 'utf8'), 'a line\n');
  assert.deepEqual(await readdir(logs), ['bands-api.log']);
});

test('--watch checks again when a file is saved, and ends with Ctrl-C', async (t) => {
  const { start } = await workingCopy(t, 6);
  const subject = start('7', '--watch');
  await subject.printed(/Step 07 is not done yet[^]*Waiting for the next save/);

  const step = join(cwd, 'steps', nameOf(7));
  await cp(join(step, 'bands-api/tracing.ts'), join(cwd, 'bands-api/tracing.ts'));
  await cp(join(step, 'run.ts'), join(cwd, 'run.ts'));
  await subject.printed(/Step 07 done:[^]*Waiting for the next save/);

  subject.child.kill('SIGINT');
  assert.equal(await subject.ended, 0);
});

test('Ctrl-C during a check ends it with 130', async (t) => {
  const { start } = await workingCopy(t, 6);
  const main = join(cwd, 'bands-api/main.ts');
  const told = join(cwd, 'started');
  await writeFile(
    main,
    `import { writeFileSync } from 'node:fs';\nwriteFileSync(${JSON.stringify(told)}, '');\nconsole.error('here');\n${await readFile(main, 'utf8')}`,
  );
  const subject = start('7');
  const { eventually } = await import('../support/eventually.ts');
  await eventually(
    () =>
      readFile(told).then(
        () => true,
        () => false,
      ),
    'a service has started',
  );

  subject.child.kill('SIGINT');
  assert.equal(await subject.ended, 130);
  assert.equal(subject.stdout, '');
});

const misuses: [args: string[], sentence: RegExp][] = [
  [['no-such-step'], /^There is no step "no-such-step"\./],
  [['99'], /^There is no step "99"\./],
  [['3', '4'], /^One step at a time, not also "4"\.$/],
  [['--wat'], /^Unknown option '--wat'; --help lists the options\.$/],
];
for (const [args, sentence] of misuses) {
  test(`npm run check ${args.join(' ')}: one sentence, and 2`, async (t) => {
    const { code, stdout, stderr } = await runScript(t, command, args);
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.match(stderr.trimEnd(), sentence);
  });
}

test('--help says what the command does, and nothing is checked', async (t) => {
  const { code, stdout } = await runScript(t, command, ['--help']);
  assert.equal(code, 0);
  assert.match(stdout, /^npm run check \[STEP\]\n/);
});
