import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { accepts } from '#workshop/net/accepts';
import { projectCopy } from '../support/copy.ts';
import { isolatedEnvironment, temporaryFolder } from '../support/environment.ts';
import { start, type StartOptions } from '../support/process.ts';

test('in a fresh clone, npm ci from a cache that it has filled and npx tsx run.ts print a band and the URL of its trace', async (t) => {
  const cwd = join(await temporaryFolder(t), 'clone');
  const { env, ports } = await isolatedEnvironment(t);
  // From a copy, so that what is about to be committed is in it: a clone has only what git keeps.
  await promisify(execFile)('git', ['clone', '--quiet', await projectCopy(t), cwd]);
  assert.ok(!(await readdir(cwd)).includes('node_modules'));

  const install = startNpm(t, 'npm', ['ci', '--offline', '--loglevel=error'], { cwd });
  const installed = await install.ended;
  if (/ENOTCACHED/.test(install.stderr) && process.env.CI !== 'true') {
    return t.skip('needs a network once: the cache of npm lacks packages, and npm ci fills it');
  }
  assert.equal(installed, 0, install.stderr);
  const packages = await readdir(join(cwd, 'node_modules'));
  for (const name of ['tsx', 'fastify', 'reveal.js']) assert.ok(packages.includes(name), name);

  const run = startNpm(t, 'npx', ['tsx', 'run.ts'], { cwd, env });
  assert.equal(await run.ended, 0, run.stderr);

  const url = run.stdout.trimEnd().split('\n').at(-1)!;
  assert.match(url, new RegExp(`^http://localhost:${ports.query}/trace/[0-9a-f]{32}$`));
  const band = JSON.parse(run.stdout.slice(0, run.stdout.lastIndexOf(url)));
  assert.equal(band.name, 'Fugazi');
  assert.equal(run.stdout, `${JSON.stringify(band, null, 4)}\n${url}\n`, 'nothing else is on stdout');
  for (const port of Object.values(ports)) {
    assert.equal(await accepts(port), false, `port ${port} is left open`);
  }
});

/** Starts npm or npx. Windows starts no script without a shell, but npm tells its scripts where it is. */
function startNpm(
  t: Parameters<typeof start>[0],
  name: 'npm' | 'npx',
  words: string[],
  options: StartOptions,
) {
  const npm = process.env.npm_execpath;
  if (!npm) return start(t, name, words, options);
  return start(t, process.execPath, [join(dirname(npm), `${name}-cli.js`), ...words], options);
}
