import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { accepts } from '#workshop/net/accepts';
import { allClosed, isolatedEnvironment } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';
import { start, startScript } from '../support/process.ts';
import { slowTest, test } from '../support/tests.ts';

const posix = process.platform !== 'win32';

slowTest('Ctrl-C during the calls leaves no process', { skip: !posix }, async (t) => {
  const { env, ports } = await isolatedEnvironment(t);
  const subject = startScript(t, 'run.ts', ['--times', '1000'], { env });
  await subject.printed(/^ *1 {2}200/m);

  subject.child.kill('SIGINT');

  assert.equal(await subject.ended, 130);
  await eventually(() => allClosed(ports), 'all ports are closed');
});

test('Ctrl-C while the services are starting leaves no process', { skip: !posix }, async (t) => {
  const { env, ports } = await isolatedEnvironment(t);
  const subject = startScript(t, 'run.ts', [], { env });
  await eventually(() => accepts(ports.query), 'the backend listens');

  subject.child.kill('SIGINT');

  assert.equal(await subject.ended, 130);
  await eventually(() => allClosed(ports), 'all ports are closed');
});

const hasScript = existsSync('/usr/bin/script') && process.platform === 'linux';
test(
  'on a terminal it keeps running: the URL opens a page of the trace, Enter calls again, q quits',
  { skip: !hasScript && 'needs script(1) of util-linux, which makes a terminal' },
  async (t) => {
    const { env, ports } = await isolatedEnvironment(t);
    const command = `${process.execPath} --import tsx/esm run.ts`;
    const subject = start(t, 'script', ['-qefc', command, '/dev/null'], { env, stdin: 'pipe' });
    const urls = () => [...subject.stdout.matchAll(/^http:\S+\/trace\/([0-9a-f]{32})\s*$/gm)];

    await subject.printed(/Starting bands-api and reviews-api … \d\.\d s/);
    await subject.printed(/Press Enter to call again, q or Ctrl-C to quit/);
    const [url, traceId] = urls()[0]!;
    const page = await fetch(url.trim());
    assert.equal(page.status, 200);
    assert.match(page.headers.get('content-type')!, /text\/html/);
    const api = await fetch(`http://localhost:${ports.query}/api/traces/${traceId}`);
    assert.equal(api.status, 200);

    subject.child.stdin!.write('\r');
    await eventually(() => urls().length === 2, 'a second URL is printed');
    await eventually(() => subject.stdout.match(/Press Enter/g)!.length === 2, 'it waits for a key again');
    subject.child.stdin!.write('q');

    assert.equal(await subject.ended, 0);
    await eventually(() => allClosed(ports), 'all ports are closed');
  },
);
