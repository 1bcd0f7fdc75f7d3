/** Gives the tests of a file a state folder of their own. To be imported first, because the workshop reads it once. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

export const stateFolder = mkdtempSync(join(tmpdir(), 'workshop-parts-'));
chmodSync(stateFolder, 0o755); // for root, PostgreSQL runs as another user
process.env.WORKSHOP_STATE = stateFolder;
after(() => rmSync(stateFolder, { recursive: true, force: true, maxRetries: 5 }));

for (const name of [
  'RABBITMQ_HOST',
  'RABBITMQ_PORT',
  'DATABASE_URL',
  'ALERTMANAGER_URL',
  'PROMETHEUS_URL',
  'COLLECTOR_URL',
])
  delete process.env[name];
