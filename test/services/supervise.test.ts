import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { accepts } from '#workshop/net/accepts';
import { projectCopy } from '../support/copy.ts';
import { isolatedEnvironment } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';
import { runScript, startScript } from '../support/process.ts';
import { slowTest, test } from '../support/tests.ts';

const COMMAND = 'workshop/commands/services.ts';

test('npm run services starts both, restarts one after a save, shows a crash, waits for the next save, and stops on Ctrl-C', async (t) => {
  const cwd = await projectCopy(t);
  const { env, ports } = await isolatedEnvironment(t);
  const subject = startScript(t, COMMAND, [], { cwd, env });
  const get = async (path: string) => (await fetch(`http://localhost:${ports.reviews}${path}`)).text();

  await subject.printed(
    new RegExp(
      `^Traces go to the embedded backend at http://localhost:${ports.query} \\(started\\)\\.$`,
      'm',
    ),
  );
  await subject.printed(new RegExp(`reviews-api │ ready at http://localhost:${ports.reviews} after`));
  await subject.printed(
    new RegExp(`bands-api {3}│ ready at http://localhost:${ports.bands} after [\\d.]+ s \\(process \\d+\\)`),
  );

  const file = join(cwd, 'reviews-api/app.ts');
  const code = await readFile(file, 'utf8');
  await writeFile(file, code.replace("{ service: 'reviews-api' }", "{ service: 'reviews-api', saved: 1 }"));
  await eventually(async () => (await get('/health')).includes('"saved":1'), 'the saved code responds');

  await writeFile(file, `${code}\nthrow new Error('a mistake');\n`);
  await subject.printed(/reviews-api │ .*a mistake/);
  await subject.printed(
    /reviews-api │ reviews-api exited before it was ready \(status 1\)\. Waiting for the next save\./,
  );

  await writeFile(file, code.replace("{ service: 'reviews-api' }", "{ service: 'reviews-api', saved: 2 }"));
  await eventually(async () => (await get('/health')).includes('"saved":2'), 'the fixed code responds');

  subject.child.kill('SIGINT');
  await subject.ended;
  for (const port of [ports.bands, ports.reviews, ports.query])
    assert.equal(await accepts(port), false, `${port}`);
});

slowTest(
  'services that are already running, or another program on a port: one sentence, and nothing is started',
  async (t) => {
    const cwd = await projectCopy(t);
    const { env, ports } = await isolatedEnvironment(t);
    const first = startScript(t, COMMAND, [], { cwd, env });
    await first.printed(/bands-api {3}│ ready/);
    const second = await runScript(t, COMMAND, [], { cwd, env });
    assert.equal(second.code, 1);
    assert.match(
      second.stderr,
      new RegExp(
        `^bands-api is already running at port ${ports.bands} in .+: use that one, or stop it first`,
      ),
    );
    first.child.kill('SIGINT');
    await first.ended;

    const server = createServer().listen(ports.bands, 'localhost');
    await once(server, 'listening');
    t.after(() => server.close());
    const third = await runScript(t, COMMAND, [], { cwd, env });
    assert.equal(third.code, 1);
    assert.match(
      third.stderr,
      new RegExp(
        `^Port ${ports.bands} is meant for bands-api but used by .*BANDS_API_PORT to another port\\.$`,
        'm',
      ),
    );
  },
);

slowTest('services --only shows what one service prints, and of the others that they start', async (t) => {
  const cwd = await projectCopy(t);
  const { env, ports } = await isolatedEnvironment(t);
  const subject = startScript(t, COMMAND, ['--only', 'reviews-api'], { cwd, env });
  await Promise.all([subject.printed(/bands-api {3}│ ready/), subject.printed(/reviews-api │ ready/)]);

  await fetch(`http://localhost:${ports.bands}/bands/553be815-76f3-49db-b9d7-caca4b23cc3e`);
  await subject.printed(/reviews-api │ .*request completed/);
  assert.doesNotMatch(subject.stdout, /bands-api {3}│ .*incoming request/);

  const unknown = await runScript(t, COMMAND, ['--only', 'reviews'], { cwd, env });
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /^--only needs the name of a service: bands-api, reviews-api\.$/m);
});
