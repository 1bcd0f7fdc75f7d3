import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { projectCopy } from '../support/copy.ts';
import { isolatedEnvironment } from '../support/environment.ts';
import { runScript } from '../support/process.ts';
import { withLine } from './with-line.ts';

test('an invalid trace id: the response is shown, and the trace that a search finds', async (t) => {
  const cwd = await projectCopy(t);
  const { env } = await isolatedEnvironment(t);
  const file = join(cwd, 'run.ts');
  const code = await readFile(file, 'utf8');
  await writeFile(file, code.replace("response.headers['trace-id']", 'String(response.headers)'));

  const { code: status, stdout, stderr } = await runScript(t, 'run.ts', [], { cwd, env });

  assert.equal(status, 0, stderr);
  assert.equal(JSON.parse(stdout).name, 'Fugazi');
  assert.match(stderr, /The caller doesn't know the trace id\. This trace was found by searching/);
});

test('an invalid UUID: status 400 and the URL of the trace, exit code 1', async (t) => {
  const { env } = await isolatedEnvironment(t);

  const { code, stdout } = await runScript(t, 'run.ts', ['--band', 'fugazi'], { env });

  assert.equal(code, 1);
  assert.match(stdout, /"message": "params\/id must match format \\"uuid\\""/);
  assert.match(stdout.trimEnd().split('\n').at(-1)!, /\/trace\/[0-9a-f]{32}$/);
});

test('a service that exits during the call: no response, but the trace of the caller, and the other calls are made', async (t) => {
  const { env } = await isolatedEnvironment(t);
  const cwd = await withLine(
    t,
    'bands-api/app.ts',
    'async function getBand({ params, signal }) {',
    'process.exit(1);',
  );

  const { code, stdout, stderr } = await runScript(t, 'run.ts', [], { cwd, env });

  assert.equal(code, 1);
  assert.match(stdout, /^http:\S+\/trace\/[0-9a-f]{32}\n$/);
  assert.match(stderr, /^The call got no response \(.+\): see the services' logs in .+logs\.$/m);
  assert.match(stderr, /^caller +GET ✗ error/m);

  const twice = await runScript(t, 'run.ts', ['--times', '2'], { cwd, env });
  assert.equal(twice.code, 1);
  assert.match(twice.stdout, /^1 {2}no response {2} *\d+ ms {2}1 span +http.+\n2 {2}no response /);
});
