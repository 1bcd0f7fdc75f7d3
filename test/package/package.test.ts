import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { minVersion, satisfies } from 'semver';
import { parse } from 'yaml';
import { projectFolder } from '#workshop/settings';
import { slowTest, test } from '../support/tests.ts';

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

test('every override has its reason beside it', () => {
  assert.deepEqual(Object.keys(manifest['//overrides']), Object.keys(manifest.overrides));
});

test('dependencies are the packages that run.ts and the services need to run, and no others', async () => {
  const programs = /^(?:steps\/\d\d-[^/]+\/)?(?:run|compare|load|[^/]+\/(?:main|tracing|cli))\.ts$/;
  const folders = (await readdir(projectFolder)).filter((name) => name === 'steps' || name.endsWith('-api'));
  const paths = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(join(projectFolder, folder), { recursive: true })).map((name) =>
        `${folder}/${name}`.replaceAll('\\', '/'),
      ),
    ),
  );
  const { metafile } = await build({
    absWorkingDir: projectFolder,
    entryPoints: ['run.ts', ...paths.flat().filter((path) => programs.test(path))],
    outdir: 'out',
    write: false,
    metafile: true,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
  const imported = Object.values(metafile.inputs)
    .flatMap(({ imports }) => imports)
    // What is loaded only on demand is a message broker's client, which services import too, or builds the pages.
    .filter(
      ({ external, kind, path }) => external && kind === 'import-statement' && !path.startsWith('node:'),
    )
    .map(({ path }) =>
      path
        .split('/')
        .slice(0, path.startsWith('@') ? 2 : 1)
        .join('/'),
    );
  // --import loads the one, and register() in a tracing.ts the other.
  const named = ['tsx', '@opentelemetry/instrumentation'];
  assert.deepEqual(Object.keys(manifest.dependencies), [...new Set([...imported, ...named])].toSorted());
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

slowTest('what npm ci installs takes at most 220 MB of disk, about what the README says', async () => {
  const folder = join(projectFolder, 'node_modules');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  let bytes = 0;
  for (const { parentPath, name } of files) {
    const { blocks, size } = await stat(join(parentPath, name));
    bytes += blocks > 0 ? blocks * 512 : size; // Windows counts no blocks
  }
  const [, said] = /The packages take up about (\d+) MB of disk space/.exec(await text('README.md')) ?? [];
  const megabytes = bytes / 1024 / 1024;
  assert.ok(megabytes <= 220, `${megabytes.toFixed(0)} MB`);
  if (process.platform === 'linux') {
    assert.ok(Math.abs(megabytes - Number(said)) < 10, `${megabytes.toFixed(0)} MB, the README says ${said}`);
  }
});

test('what the workflows and .ci/run call is there', async () => {
  const folder = join(projectFolder, '.github/workflows');
  const scripts = new Map<string, string[]>([['.ci/run', (await text('.ci/run')).split('\n')]]);
  for (const name of await readdir(folder)) {
    const { jobs } = parse(await readFile(join(folder, name), 'utf8')) as { jobs: Record<string, Job> };
    for (const { needs = [], uses, steps = [] } of Object.values(jobs)) {
      for (const job of [needs].flat()) assert.ok(job in jobs, `${name} needs a job ${job}`);
      if (uses) await stat(join(projectFolder, uses));
      scripts.set(name, [...(scripts.get(name) ?? []), ...steps.flatMap(({ run = [] }) => run)]);
    }
  }

  const commands = [...scripts.values()].flat();
  const names = commands.flatMap((line) => [...line.matchAll(/\bnpm (?:run )?(test|(?<=run )[\w:]+)/g)]);
  assert.ok(names.length > 5, `${names.length} scripts are called`);
  for (const [command, name] of names)
    assert.ok(Object.hasOwn(manifest.scripts, name!), `there is no ${command}`);
  for (const [, file] of commands.join('\n').matchAll(/npx tsx (\S+)/g))
    await stat(join(projectFolder, file!));
});

interface Job {
  needs?: string | string[];
  uses?: string;
  steps?: { run?: string }[];
}
