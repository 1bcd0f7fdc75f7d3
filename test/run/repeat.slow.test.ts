import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '#workshop/net/ports';
import { projectCopy } from '../support/copy.ts';
import { allClosed, isolatedEnvironment } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';
import { runScript, start, startScript } from '../support/process.ts';
import { test } from '../support/tests.ts';

const skip =
  !(existsSync('/usr/bin/script') && process.platform === 'linux') &&
  'needs script(1) of util-linux, which makes a terminal';

test(
  'on a terminal, Enter calls what is on the disk: a saved service, a mistake, a saved run.ts, another step',
  { skip },
  async (t) => {
    const cwd = await projectCopy(t);
    const { env, ports } = await isolatedEnvironment(t);
    env.TRACE_ENDPOINT_PORT = String(await freePort()); // of a service that a later step adds
    const command = `${process.execPath} --import tsx/esm run.ts`;
    const subject = start(t, 'script', ['-qefc', command, '/dev/null'], { cwd, env, stdin: 'pipe' });
    const prompts = () => subject.stdout.match(/Press Enter/g)?.length ?? 0;
    const sinceEnter = async () => {
      const [before, from] = [prompts(), subject.stdout.length];
      subject.child.stdin!.write('\r');
      await eventually(() => prompts() > before, `it waits for a key again: ${subject.stdout.slice(from)}`);
      return subject.stdout.slice(from);
    };
    const change = async (file: string, from: string, to: string) => {
      const text = await readFile(join(cwd, file), 'utf8');
      assert.ok(text.includes(from), `${file} contains ${from}`);
      await writeFile(join(cwd, file), text.replace(from, to));
    };
    await eventually(() => prompts() === 1, 'it waits for a key');

    const unchanged = await sinceEnter();
    assert.match(unchanged, /"name": "Fugazi"/);
    assert.doesNotMatch(unchanged, /is ready after|Using/);
    assert.match(unchanged, new RegExp(`^http://localhost:${ports.query}/trace/[0-9a-f]{32}\\s*$`, 'm'));

    const [compare] = /(?<=^Compare with the previous call: )\S+/m.exec(unchanged)!;
    const page = await fetch(compare);
    assert.equal(page.status, 200);
    assert.match(page.url, /\/compare\/[0-9a-f]{32}\.\.\.[0-9a-f]{32}$/);

    await change('bands-api/app.ts', 'Fugazi', 'Lungfish');
    const changed = await sinceEnter();
    assert.match(changed, /"name": "Lungfish"/);
    assert.match(changed, /bands-api is ready after/);
    assert.doesNotMatch(changed, /reviews-api is ready after/);

    await change('bands-api/app.ts', "'Lungfish'", "'Lungfish");
    assert.match(await sinceEnter(), /bands-api exited before it was ready/);
    await change('bands-api/app.ts', "'Lungfish", "'Bikini Kill'");
    assert.match(await sinceEnter(), /"name": "Bikini Kill"/);

    await change('run.ts', '/bands/', '/nothing/');
    assert.match(await sinceEnter(), /The call failed with status 404/);

    const step = await runScript(t, 'workshop/commands/step.ts', ['23/start'], { cwd, env });
    assert.equal(step.code, 0, step.stderr);
    const another = await sinceEnter();
    assert.match(another, /trace-endpoint is ready after/);
    assert.match(another, /"name": "Fugazi"/);

    subject.child.stdin!.write('q');
    assert.equal(await subject.ended, 0);
    await eventually(() => allClosed(ports), 'all ports are closed');

    const backend = startScript(t, 'workshop/commands/backend.ts', [], { cwd, env });
    await backend.printed(/ready/);
    assert.equal((await fetch(compare)).status, 200, 'the traces are kept for the next run');
    const [traceId] = /[0-9a-f]{32}$/.exec(compare)!;
    assert.equal((await fetch(`http://localhost:${ports.query}/api/traces/${traceId}`)).status, 200);
  },
);
