import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { FileStore, relate } from '#shared/tracing-endpoints/index.ts';
import { temporaryFolder } from '../support/environment.ts';
import { startScript } from '../support/process.ts';

const requestOfBandsApi = { receivers: '["otlp_grpc"]' };
const receiverAt = (url: string) => ({
  receivers: `[{"protocol":{"name":"otlp_grpc","type":"grpc"},"url":"${url}"}]`,
});

/** Starts a file of this folder. */
const startHere = (t: TestContext, file: string, args: string[]) =>
  startScript(t, join(import.meta.dirname, file), args);

test('two processes agree on an endpoint, and again after the provider was killed and restarted', async (t) => {
  const folder = await temporaryFolder(t);
  const store = new FileStore(folder);
  const relation = relate(store, 'backend', 'bands-api');
  const requirer = startHere(t, 'requirer-process.ts', [folder, 'leader']);
  const provider = startHere(t, 'provider-process.ts', [folder, 'leader', 'localhost:4317']);

  await requirer.printed(/^backend: localhost:4317$/m);
  assert.deepEqual(store.read(relation, 'requirer'), requestOfBandsApi);
  assert.deepEqual(store.read(relation, 'provider'), receiverAt('localhost:4317'));

  provider.child.kill('SIGKILL');
  assert.equal(await provider.ended, 'SIGKILL');
  startHere(t, 'provider-process.ts', [folder, 'leader', 'localhost:14317']);
  await requirer.printed(/^backend: localhost:14317$/m);

  store.remove(relation);
  await requirer.printed(/^backend: removed$/m);

  requirer.child.kill('SIGTERM');
  assert.equal(await requirer.ended, 0);
  assert.equal(
    requirer.stdout,
    'backend: localhost:4317\nbackend: localhost:14317\nbackend: removed\n',
    requirer.stderr,
  );
});

test('a unit that is watching can let its process exit', async (t) => {
  const folder = await temporaryFolder(t);
  relate(new FileStore(folder), 'backend', 'bands-api');
  const requirer = startHere(t, 'requirer-process.ts', [folder, 'leader', 'unref']);
  assert.equal(await requirer.ended, 0, requirer.stderr);
});

test('a half-written file is ignored until it is complete', async (t) => {
  const folder = await temporaryFolder(t);
  const store = new FileStore(folder);
  const [first, second] = [relate(store, 'first', 'bands-api'), relate(store, 'second', 'bands-api')];
  store.write(first, 'provider', receiverAt('a:1'));
  const requirer = startHere(t, 'requirer-process.ts', [folder, 'leader']);
  await requirer.printed(/^first: a:1$/m);

  const text = JSON.stringify(receiverAt('b:2'));
  writeFileSync(join(folder, first, 'provider.json'), text.slice(0, text.length / 2));
  // Once the requirer has noticed a later change, it has also seen the half-written file.
  store.write(second, 'provider', receiverAt('c:3'));
  await requirer.printed(/^second: c:3$/m);
  writeFileSync(join(folder, first, 'provider.json'), text);
  await requirer.printed(/^first: b:2$/m);

  assert.equal(requirer.stdout, 'first: a:1\nsecond: c:3\nfirst: b:2\n');
});

test('a follower reads what is published, but is refused when it tries to write', async (t) => {
  const folder = await temporaryFolder(t);
  const store = new FileStore(folder);
  const relation = relate(store, 'backend', 'bands-api');
  store.write(relation, 'requirer', requestOfBandsApi);

  const provider = startHere(t, 'provider-process.ts', [folder, 'follower', 'localhost:4317']);
  assert.equal(await provider.ended, 1);
  assert.match(provider.stderr, /^DataAccessPermissionError: This unit of backend is a follower/m);
  assert.ok(!existsSync(join(folder, relation, 'provider.json')));

  const requirer = startHere(t, 'requirer-process.ts', [folder, 'follower']);
  store.write(relation, 'provider', receiverAt('localhost:4317'));
  await requirer.printed(/^backend: localhost:4317$/m);
});

test('a reader never sees a part of a bag', async (t) => {
  const folder = await temporaryFolder(t);
  const relation = relate(new FileStore(folder), 'backend', 'bands-api');
  const file = join(folder, relation, 'provider.json');
  const writer = startHere(t, 'writer-process.ts', [folder, relation]);

  const seen = new Set<number>();
  while (writer.child.exitCode === null && writer.child.signalCode === null) {
    if (existsSync(file)) {
      const [first, ...others] = JSON.parse(JSON.parse(readFileSync(file, 'utf8')).receivers);
      assert.ok(others.length === 1_999 && others.every((count: number) => count === first));
      seen.add(first);
    }
    await nextTurn();
  }
  assert.equal(await writer.ended, 0, writer.stderr);
  assert.ok(seen.size > 1, 'the file was read only once');
});
