import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { accepts } from '#workshop/net/accepts';
import { projectCopy } from '../support/copy.ts';
import { isolatedEnvironment } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';
import { runScript, startScript } from '../support/process.ts';

const COMMAND = 'workshop/commands/services.ts';

test('the next save, or Ctrl-C, cancels a start that never ends', async (t) => {
  const cwd = await projectCopy(t);
  const { env, ports } = await isolatedEnvironment(t);
  const file = join(cwd, 'reviews-api/app.ts');
  const code = await readFile(file, 'utf8');
  const subject = startScript(t, COMMAND, [], { cwd, env });
  await subject.printed(/reviews-api │ ready/);
  await subject.printed(/bands-api {3}│ ready/);

  await writeFile(file, `${code}\nfor (;;);\n`);
  await subject.printed(/reviews-api │ restarting/);
  await writeFile(file, code.replace("{ service: 'reviews-api' }", "{ service: 'reviews-api', saved: 1 }"));
  await eventually(
    async () =>
      (await (await fetch(`http://localhost:${ports.reviews}/health`)).text()).includes('"saved":1'),
    'the fixed code responds',
  );

  await writeFile(file, `${code}\nfor (;;);\n`);
  await eventually(async () => !(await accepts(ports.reviews)), 'the service is being restarted');
  subject.child.kill('SIGINT');
  await subject.ended;
  assert.equal(await accepts(ports.bands), false);
});

test('while npm run services is running, each run.ts gets its whole trace, which is kept', async (t) => {
  const cwd = await projectCopy(t);
  const { env } = await isolatedEnvironment(t);
  const services = startScript(t, COMMAND, [], { cwd, env });
  for (const name of ['bands-api', 'reviews-api']) await services.printed(new RegExp(`${name} +│ ready`));

  const urls: string[] = [];
  for (let run = 1; run <= 3; run++) {
    const { stdout, stderr } = await runScript(t, 'run.ts', ['--json'], { cwd, env });
    assert.match(
      stderr,
      /embedded backend at \S+ \(already running\), bands-api and reviews-api \(already running\)/,
    );
    const { spans, url } = JSON.parse(stdout) as { spans: number; url: string };
    assert.equal(spans, 10);
    urls.push(url);
  }
  for (const url of urls) {
    const response = await fetch(url.replace('/trace/', '/api/traces/'));
    assert.equal(response.status, 200, url);
  }
});

test('a tracing.ts that is created while the services are running is loaded', async (t) => {
  const cwd = await projectCopy(t);
  const { env, ports } = await isolatedEnvironment(t);
  const file = join(cwd, 'bands-api/tracing.ts');
  const code = await readFile(file, 'utf8');
  await rm(file);
  const subject = startScript(t, COMMAND, [], { cwd, env });
  const traceId = async () => (await fetch(`http://localhost:${ports.bands}/health`)).headers.get('trace-id');

  await subject.printed(/bands-api {3}│ ready/);
  assert.equal(await traceId(), null);

  await writeFile(file, code);
  await eventually(async () => (await traceId())?.length === 32, 'the new tracing.ts is loaded');
});
