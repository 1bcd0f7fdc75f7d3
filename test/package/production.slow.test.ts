/** What works where NODE_ENV was "production" when the packages were installed, so that npm left out devDependencies. */
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { projectFolder } from '#workshop/settings';
import { projectCopy } from '../support/copy.ts';
import { isolatedEnvironment } from '../support/environment.ts';
import { runScript, startScript } from '../support/process.ts';

/** A copy of the project in which only the packages of `npm ci --omit=dev` are installed. */
async function productionCopy(t: TestContext): Promise<string> {
  const folder = await projectCopy(t);
  await rm(join(folder, 'node_modules'));
  const { packages } = JSON.parse(await readFile(join(projectFolder, 'package-lock.json'), 'utf8'));
  for (const [path, { dev }] of Object.entries<{ dev?: boolean }>(packages)) {
    if (dev || !/^node_modules\/(?:@[^/]+\/)?[^/]+$/.test(path)) continue; // a package within one comes with it
    await mkdir(join(folder, dirname(path)), { recursive: true });
    await symlink(join(projectFolder, path), join(folder, path), 'junction');
  }
  assert.ok(!(await readdir(join(folder, 'node_modules'))).includes('preact'));
  return folder;
}

test('without devDependencies, run.ts makes its call, and a command or page that needs them says what to run', async (t) => {
  const cwd = await productionCopy(t);
  const { env, ports } = await isolatedEnvironment(t);

  for (const command of ['slides', 'step', 'services']) {
    const { code, stdout, stderr } = await runScript(t, 'workshop/command.ts', [command], { cwd, env });
    assert.equal(stderr, `The packages for ${command} are not installed: run npm ci --include=dev.\n`);
    assert.deepEqual([code, stdout], [1, '']);
  }
  const { stdout: examined } = await runScript(t, 'workshop/command.ts', ['doctor'], { cwd, env });
  assert.match(examined, /^✗ packages +\d+ of \d+ packages are not installed: run npm ci --include=dev\.$/m);

  const backend = startScript(t, 'workshop/command.ts', ['backend'], { cwd, env });
  await backend.printed(/The trace backend is ready/);
  const page = await fetch(`http://localhost:${ports.query}/search`);
  assert.equal(page.status, 500);
  assert.match(await page.text(), /The packages for the pages are not installed: run npm ci --include=dev\./);

  const { code, stdout, stderr } = await runScript(t, 'run.ts', ['--json'], { cwd, env });
  assert.equal(code, 0, stderr);
  assert.equal(JSON.parse(stdout).band.name, 'Fugazi');
});
