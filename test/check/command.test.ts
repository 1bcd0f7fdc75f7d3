import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { runScript } from '../support/process.ts';
import { command, cwd, nameOf, workingCopy } from './working-copy.ts';

test('a check that passes shows each expectation with a tick and one closing line, remembers that, exits with 0, and leaves services that are running and their logs alone', async (t) => {
  const { check, ports, progressFile } = await workingCopy(t);
  for (const port of Object.values(ports)) {
    const server = createServer((socket) => void socket.destroy());
    await once(server.listen(port, 'localhost'), 'listening');
    t.after(() => server.close());
  }
  const logs = join(progressFile, '../logs');
  await mkdir(logs);
  await writeFile(join(logs, 'bands-api.log'), 'a line\n');
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
  assert.equal(await readFile(join(logs, 'bands-api.log'), 'utf8'), 'a line\n');
  assert.deepEqual(await readdir(logs), ['bands-api.log']);
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

test('Ctrl-C during a check ends it with 130', async (t) => {
  const { start } = await workingCopy(t, 6);
  const main = join(cwd, 'bands-api/main.ts');
  const told = join(cwd, 'started');
  await writeFile(
    main,
    `import { writeFileSync } from 'node:fs';\nwriteFileSync(${JSON.stringify(told)}, '');\nconsole.error('here');\n${await readFile(main, 'utf8')}`,
  );
  const subject = start('7');
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
  [['3', '4'], /^Unexpected argument '4'; --help lists the options\.$/],
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
