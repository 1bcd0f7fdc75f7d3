import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { readServices } from '#workshop/services/definition';
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
