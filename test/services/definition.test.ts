import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { environmentOf, readServices } from '#workshop/services/definition';
import { portsOf } from '#workshop/services/use';
import { projectFolder } from '#workshop/settings';
import { temporaryFolder } from '../support/environment.ts';

/** A folder with services, from the text of each service.json. */
async function stepWith(t: TestContext, services: Record<string, string>): Promise<string> {
  const folder = await temporaryFolder(t);
  for (const [name, text] of Object.entries(services)) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'service.json'), text);
  }
  return folder;
}

test('a service.json can name a shared service, whose code and settings are in steps/shared', async (t) => {
  const folder = await stepWith(t, { entrance: '{ "shared": "gateway" }', other: '{ "needs": [] }' });
  const [entrance, other] = await readServices(folder);
  assert.equal(entrance!.name, 'entrance');
  assert.equal(entrance!.folder, join(projectFolder, 'steps/shared/gateway'));
  assert.equal(entrance!.port, 8081);
  assert.equal(entrance!.portVariable, 'ENTRANCE_PORT');
  assert.equal(other!.folder, join(folder, 'other'));
});

test('what a service.json says besides the name of a shared service replaces what that one says', async (t) => {
  const folder = await stepWith(t, {
    gateway: '{ "shared": "gateway", "needs": ["collector"], "port": 9001 }',
  });
  const [gateway] = await readServices(folder);
  assert.deepEqual(gateway!.needs, ['collector']);
  assert.equal(gateway!.port, 9001);
  assert.ok(gateway!.env['CHECKOUT_SERVICE_ADDRESS']);
});

test('instances are processes with names and ports of their own, and one title', async (t) => {
  const folder = await stepWith(t, {
    fleet: '{ "port": 9001, "instances": 3, "env": { "PORT": "{fleet}", "HELPER": "{helper}" } }',
    helper: '{ "port": 9010 }',
  });
  t.after(() => ['FLEET_PORT', 'FLEET_2_PORT'].forEach((name) => delete process.env[name]));
  const namesAndPorts = async () =>
    (await readServices(folder)).map(({ name, title, port }) => [name, title, port]);

  const helper = ['helper', 'helper', 9010];
  const fleet = (...ports: number[]) => ports.map((port, index) => [`fleet-${index + 1}`, 'fleet', port]);
  assert.deepEqual(await namesAndPorts(), [...fleet(9001, 9002, 9003), helper]);
  process.env.FLEET_PORT = '9101';
  process.env.FLEET_2_PORT = '9200';
  assert.deepEqual(await namesAndPorts(), [...fleet(9101, 9200, 9103), helper]);

  const services = await readServices(folder);
  const second = environmentOf(services[1]!, portsOf(services));
  assert.deepEqual(second, { PORT: '9200', HELPER: '9010' });
});

test('a service can listen on other ports, which variables set, and any service can use', async (t) => {
  const folder = await stepWith(t, {
    asker: '{ "port": 9001, "env": { "STRATEGIES_URL": "http://localhost:{strategies}" } }',
    keeper: '{ "port": 9010, "otherPorts": { "strategies": 9011 } }',
  });
  t.after(() => delete process.env.STRATEGIES_PORT);
  const portAndUrl = async () => {
    const services = await readServices(folder);
    const ports = portsOf(services);
    return [ports.get('strategies'), environmentOf(services[0]!, ports)['STRATEGIES_URL']];
  };
  assert.deepEqual(await portAndUrl(), [9011, 'http://localhost:9011']);
  process.env.STRATEGIES_PORT = '9100';
  assert.deepEqual(await portAndUrl(), [9100, 'http://localhost:9100']);
});

test('a service folder can be a link', async (t) => {
  const target = await stepWith(t, { 'the-real-one': '{ "port": 9001 }' });
  const folder = await temporaryFolder(t);
  await symlink(join(target, 'the-real-one'), join(folder, 'greeter'), 'junction');
  assert.deepEqual(
    (await readServices(folder)).map(({ name, port }) => [name, port]),
    [['greeter', 9001]],
  );
});

for (const [text, reason] of [
  ['{ "port": ', /JSON/],
  ['null', /it is not an object/],
  ['{ "shared": "nowhere" }', /steps.shared.nowhere.service\.json can't be read \(ENOENT/],
] as const) {
  test(`the service.json ${text} is refused with one sentence that names the file`, async (t) => {
    const folder = await stepWith(t, { greeter: text });
    await assert.rejects(readServices(folder), (error: Error) => {
      assert.match(
        error.message,
        /service\.json can't be read \(.+\): npm run step -- --reset restores it\.$/,
      );
      assert.match(error.message, reason);
      return true;
    });
  });
}
