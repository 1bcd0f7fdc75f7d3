import assert from 'node:assert/strict';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { projectFolder } from '#workshop/settings';
import { allClosed, isolatedEnvironment } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';
import { start, startScript } from '../support/process.ts';
import { slowTest, test } from '../support/tests.ts';

const posix = process.platform !== 'win32';

test('of two run.ts started together, the second uses what the first starts, and shows its response when the first is gone', async (t) => {
  const { env, ports } = await isolatedEnvironment(t);
  const runs = [1, 2].map(() => startScript(t, 'run.ts', ['--times', '1000'], { env }));
  await Promise.all(runs.map((run) => run.printed(/^ *1 {2}200 .*\/trace\//m)));

  const using = runs.map(({ stderr }) => /^Using .*/m.exec(stderr)![0]);
  const owner = using.findIndex((text) => text.includes('(started)'));
  assert.match(using[owner]!, /backend at \S+ \(started\), bands-api and reviews-api \(started\)$/);
  assert.match(
    using[1 - owner]!,
    /backend at \S+ \(already running\), bands-api and reviews-api \(already running\)$/,
  );

  runs[owner]!.child.kill('SIGKILL');
  await eventually(() => allClosed(ports), 'all ports are closed');
  const other = runs[1 - owner]!;
  await other.printed(/^The trace backend at \S+ has stopped|^The call got no response/m);
  other.child.kill('SIGKILL');
});

slowTest(
  'the backend of another command stops during the call: the response is shown, and a sentence says what has stopped',
  async (t) => {
    const { env } = await isolatedEnvironment(t);
    const backend = startScript(t, 'workshop/commands/backend.ts', [], { env });
    await backend.printed(/ready/);
    const run = startScript(t, 'run.ts', [], { env });
    await run.printed(/is ready after/);

    backend.child.kill('SIGKILL');

    await run.ended;
    assert.match(run.stdout, /\S/, 'the response is shown, whatever it is on a busy machine');
    assert.match(
      run.stderr,
      /^The trace backend at \S+ has stopped: start it again with npm run backend\.$/m,
    );
  },
);

slowTest(
  'run.ts and npm run services started together: each service runs once',
  { skip: !posix },
  async (t) => {
    const { env, ports } = await isolatedEnvironment(t);
    const services = startScript(t, 'workshop/commands/services.ts', [], { env });
    const run = startScript(t, 'run.ts', [], { env });

    assert.equal(await run.ended, 0, run.stderr);
    if (!run.stderr.includes('(started)')) await services.printed(/bands-api {3}│ ready/);
    services.child.kill('SIGTERM');
    await services.ended;
    await eventually(() => allClosed(ports), 'all ports are closed');
  },
);

for (const [command, words, ready] of [
  ['npx', ['tsx', 'run.ts', '--times', '1000'], /^ *1 {2}200/m],
  ['npm', ['run', 'services'], /bands-api {3}│ starting/],
] as const) {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    slowTest(`${signal} of ${command} leaves nothing running`, { skip: !posix }, async (t) => {
      const { env, ports } = await isolatedEnvironment(t);
      const subject = start(t, command, [...words], { env });
      await subject.printed(ready);

      subject.child.kill(signal);

      await eventually(() => allClosed(ports), 'all ports are closed');
    });
  }
}

slowTest('services of another folder respond: a sentence says which, and in which folder', async (t) => {
  const { env, ports } = await isolatedEnvironment(t);
  const folder = join(projectFolder, 'steps/06-fix-the-bugs/bands-api');
  const loader = ['--import', import.meta.resolve('tsx/esm')];
  const bands = start(t, process.execPath, [...loader, 'main.ts'], {
    cwd: folder,
    env: { ...env, PORT: String(ports.bands), REVIEWS_API_URL: `http://localhost:${ports.reviews}` },
    ipc: true,
  });
  await once(bands.child, 'message');

  const run = startScript(t, 'run.ts', [], { env });
  await run.ended;

  const skipped = process.platform === 'win32'; // it doesn't say in which folder a process runs
  assert.equal(
    /^The responses come from (.+)$/m.exec(run.stderr)?.[1],
    skipped ? undefined : `bands-api in ${dirname(folder)}, not from the code in this folder.`,
  );
});
