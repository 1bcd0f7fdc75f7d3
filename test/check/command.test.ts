import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { freePort } from '#workshop/net/ports';
import { eventually } from '../support/eventually.ts';
import { runScript } from '../support/process.ts';
import { slowTest, test } from '../support/tests.ts';
import { command, cwd, nameOf, workingCopy } from './working-copy.ts';

test('a check that passes shows a tick for each expectation and a last line, records it, tells the board only two numbers, exits with 0, and uses neither the ports nor the logs of running services', async (t) => {
  const { check, ports, progressFile } = await workingCopy(t);
  for (const port of Object.values(ports)) {
    const server = createServer((socket) => void socket.destroy());
    await once(server.listen(port, 'localhost'), 'listening');
    t.after(() => server.close());
  }
  const logs = join(progressFile, '../logs');
  await mkdir(logs);
  await writeFile(join(logs, 'bands-api.log'), 'a line\n');
  const requests = await joinedBoard(t, progressFile);
  const { code, stdout, stderr } = await check('9');

  assert.equal(stderr, '');
  assert.equal(
    stdout,
    `Step 9, correlate-logs

  ✓ Every line that bands-api logs for the call has a trace_id, and a span_id of that trace
  ✓ Every line of reviews-api has these ids, too
  ✓ The lines of another call have the id of its trace

Step 9 done: you can search the logs of all services by trace. Next: steps/${nameOf(10)}/README.md
`,
  );
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(await readFile(progressFile, 'utf8')), { checked: [nameOf(9)] });
  assert.equal(await readFile(join(logs, 'bands-api.log'), 'utf8'), 'a line\n');
  assert.deepEqual(await readdir(logs), ['bands-api.log']);

  // The board gets two numbers, and no header that says anything about the machine.
  const [{ headers, ...request } = assert.fail('no request'), ...more] = requests;
  assert.deepEqual(request, { url: 'POST /report', body: '{"step":9,"unmet":null}' });
  assert.deepEqual(more, []);
  const { authorization, 'user-agent': agent, ...others } = headers;
  assert.deepEqual([authorization, agent], [`Bearer ${token}`, 'node']);
  const usual = /^(?:host|connection|content-(?:type|length)|accept(?:-language|-encoding)?|sec-fetch-mode)$/;
  assert.deepEqual(
    Object.keys(others).filter((name) => !usual.test(name)),
    [],
  );
});

const token = 'AAAAAAAAAAAAAAAAAAAAAA';

/** Makes a check report to a board, and returns the requests that the board gets. */
async function joinedBoard(t: TestContext, progressFile: string) {
  const requests: { url: string; headers: IncomingHttpHeaders; body: string }[] = [];
  const server = createHttpServer(async (request, response) => {
    requests.push({
      url: `${request.method} ${request.url}`,
      headers: request.headers,
      body: await text(request),
    });
    response.writeHead(204).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => server.close());
  const board = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await writeFile(join(progressFile, '../membership.json'), JSON.stringify({ board, token }));
  return requests;
}

test('a check that fails shows what was expected and found, the likely cause, the file, and the trace, and exits with 1, whether or not the board responds', async (t) => {
  const { check, progressFile } = await workingCopy(t, 6);
  const board = `http://127.0.0.1:${await freePort()}`;
  await writeFile(join(progressFile, '../membership.json'), JSON.stringify({ board, token }));
  const { code, stdout, stderr } = await check(nameOf(7));

  assert.equal(
    stderr,
    `The board at ${board} does not respond; your check is not affected. To leave the board, run npm run join -- --leave.\n`,
  );
  assert.equal(
    stdout.slice(0, stdout.indexOf('\nbands-api: ')),
    `Step 7, trace-id-in-the-response

  ✗ bands-api responds with a trace-id header, which contains the id of the trace
  · The response to a call that fails has this header too
  · run.ts reads the trace id from the header, and prints the URL of the trace

Expected  bands-api responds with a trace-id header, which contains the id of the trace.
Found     bands-api responded to GET /bands/553be815-76f3-49db-b9d7-caca4b23cc3e (200) without a
          trace-id header.
Cause     Nothing sets the header. The responseHook of HttpInstrumentation runs for every response,
          before its headers are sent.
Look at   bands-api/tracing.ts
`,
  );
  assert.match(stdout, /\nbands-api: GET \/bands\/:id .* 8 spans · 2 services · no errors\n/);
  assert.match(stdout, /\nStep 7 is not done yet: fix this, then run npm run check 7 again\.\n$/);
  assert.equal(code, 1);
  await assert.rejects(readFile(progressFile), 'nothing is recorded');
});

slowTest('Ctrl-C stops a check, which exits with 130', async (t) => {
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

test('--help describes the command, and nothing is checked', async (t) => {
  const { code, stdout } = await runScript(t, command, ['--help']);
  assert.equal(code, 0);
  assert.match(stdout, /^npm run check \[STEP\]\n/);
});
