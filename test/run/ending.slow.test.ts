import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allClosed, isolatedEnvironment } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';
import { startScript } from '../support/process.ts';

const posix = process.platform !== 'win32';

for (const [signal, code] of [
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  test(`${signal} during the calls leaves no process`, { skip: !posix }, async (t) => {
    const { env, ports } = await isolatedEnvironment(t);
    const subject = startScript(t, 'run.ts', ['--times', '1000'], { env });
    await subject.printed(/^ *1 {2}200/m);

    subject.child.kill(signal);

    assert.equal(await subject.ended, code);
    await eventually(() => allClosed(ports), 'all ports are closed');
  });
}

test('if run.ts is killed, its services exit on their own', async (t) => {
  const { env, ports } = await isolatedEnvironment(t);
  const subject = startScript(t, 'run.ts', ['--times', '1000'], { env });
  await subject.printed(/^ *1 {2}200/m);

  subject.child.kill('SIGKILL');

  await subject.ended;
  await eventually(() => allClosed(ports), 'all ports are closed');
});
