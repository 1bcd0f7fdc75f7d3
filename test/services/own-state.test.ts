import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { temporaryFolder } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';

const state = await temporaryFolder({ after });
process.env.WORKSHOP_STATE = state; // before the workshop's code reads it
const { useServices } = await import('#workshop/services/use');
const { readLogs } = await import('#workshop/services/logs');

test('services with ports of their own also have a state folder of their own, so they meet no others over a relation', async (t) => {
  const step = await temporaryFolder(t);
  await mkdir(join(step, 'cat'));
  await writeFile(join(step, 'package.json'), '{ "type": "module" }');
  await writeFile(join(step, 'cat', 'service.json'), '{ "port": 8123 }');
  await writeFile(
    join(step, 'cat', 'main.ts'),
    "console.log(process.env['WORKSHOP_STATE']); process.send!('ready'); process.on('disconnect', () => process.exit());",
  );

  const used = await useServices(step, { ownPorts: true });
  t.after(() => used.stop());
  const line = await eventually(
    async () => (await readLogs(used.services))[0]?.line,
    'the service has printed',
  );
  assert.notEqual(line, state);
  assert.ok(existsSync(line), line);
  await used.stop();
  assert.equal(existsSync(line), false);
});
