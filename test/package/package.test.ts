import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
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

const json = async (file: string) => JSON.parse(await readFile(join(projectFolder, file), 'utf8'));
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
