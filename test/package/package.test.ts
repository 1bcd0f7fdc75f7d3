import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { minVersion, satisfies } from 'semver';
import { projectFolder } from '#workshop/settings';

interface LockedPackage {
  version?: string;
  engines?: { node?: string };
  optional?: boolean;
  os?: string[];
  resolved?: string;
}

const text = (file: string) => readFile(join(projectFolder, file), 'utf8');
const json = async (file: string) => JSON.parse(await text(file));
const manifest = await json('package.json');
const locked: [string, LockedPackage][] = Object.entries((await json('package-lock.json')).packages);

test('every package that is installed runs on the oldest Node that package.json promises', () => {
  const oldest = minVersion(manifest.engines.node)!;
  const tooNew = locked.filter(
    ([name, { engines, optional }]) =>
      name !== '' && !optional && engines?.node && !satisfies(oldest, engines.node),
  );
  assert.deepEqual(
    tooNew.map(([name, { version, engines }]) => `${name} ${version} needs Node ${engines!.node}`),
    [],
  );
});

test('every direct dependency is pinned to one version', () => {
  const wanted = Object.entries<string>({ ...manifest.dependencies, ...manifest.devDependencies });
  assert.deepEqual(
    wanted.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version)),
    [],
  );
});

test('the lock file serves Linux, macOS and Windows, and names no place to download from', () => {
  for (const scope of ['@oxlint/', '@esbuild/', '@typescript/']) {
    const systems = new Set(
      locked.filter(([name]) => name.includes(scope)).flatMap(([, { os }]) => os ?? []),
    );
    for (const system of ['linux', 'darwin', 'win32'])
      assert.ok(systems.has(system), `${scope} lacks ${system}`);
  }
  assert.deepEqual(
    locked.filter(([, { resolved }]) => resolved !== undefined),
    [],
  );
});

test('what npm ci installs takes at most 200 MB of disk, about what the README says', async () => {
  const folder = join(projectFolder, 'node_modules');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  let bytes = 0;
  for (const { parentPath, name } of files) {
    const { blocks, size } = await stat(join(parentPath, name));
    bytes += blocks > 0 ? blocks * 512 : size; // Windows counts no blocks
  }
  const [, said] = /Measured on Linux with Node 20: (\d+) MB of disk/.exec(await text('README.md')) ?? [];
  const megabytes = bytes / 1024 / 1024;
  assert.ok(megabytes <= 200, `${megabytes.toFixed(0)} MB`);
  if (process.platform === 'linux') {
    assert.ok(Math.abs(megabytes - Number(said)) < 10, `${megabytes.toFixed(0)} MB, the README says ${said}`);
  }
});
