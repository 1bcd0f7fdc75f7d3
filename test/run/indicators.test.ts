import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { readProjectFile } from '#tools/project-files';
import { indicatorsText, readIndicators } from '#workshop/run/indicators';

const promised = { available: 0.99, fast: { share: 0.95, withinSeconds: 0.3 } };
const row = (instance: string, requests: number, fast: number, p95Seconds: number) => ({
  instance,
  requests,
  available: 1,
  fast,
  p95Seconds,
});

test('the README of step 16 shows a table of this form, with ✗ where the promise is broken', async () => {
  const table = indicatorsText(
    [
      row('localhost:8090', 3, 2 / 3, 0.962),
      row('localhost:8091', 3, 2 / 3, 0.712),
      row('localhost:8092', 3, 2 / 3, 0.712),
      row('all instances', 9, 2 / 3, 0.887),
    ],
    promised,
  );
  const readme = await readProjectFile('steps/16-promise-and-measure/README.md');
  assert.ok(readme.includes(`\`\`\`text\n${table}\n\`\`\``), table);
});

test('without requests, there are no shares', () => {
  const none = { instance: 'all instances', requests: 0, available: undefined, fast: undefined };
  assert.match(
    indicatorsText([{ ...none, p95Seconds: undefined }], promised),
    /^all instances +0 +– +– +–$/m,
  );
});

test('a query that Prometheus refuses: its reason', async (t) => {
  const prometheus = createServer((_, response) =>
    response.end('{"status":"error","error":"no such thing"}'),
  );
  await once(prometheus.listen(0, 'localhost'), 'listening');
  t.after(() => prometheus.close().closeAllConnections());
  const url = `http://localhost:${(prometheus.address() as AddressInfo).port}`;
  await assert.rejects(
    readIndicators(url, promised, 0),
    /^Error: Prometheus can't evaluate .+: no such thing$/,
  );
});
