/** How the backend finds the Prometheus that it asks for the indicators. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { askPrometheus } from '#workshop/backend/indicators/find';

test('Prometheus is asked directly; only after a failure does the backend look whether it is there', async (t) => {
  const paths: string[] = [];
  const server = createServer(({ url }, response) => {
    paths.push(url!);
    response.end('{"data":{}}');
  }).listen(0, 'localhost');
  await new Promise((resolve) => server.once('listening', resolve));
  const before = process.env.PROMETHEUS_URL;
  t.after(() => {
    if (before === undefined) delete process.env.PROMETHEUS_URL;
    else process.env.PROMETHEUS_URL = before;
    server.close();
  });
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  process.env.PROMETHEUS_URL = url;

  assert.equal(await askPrometheus(async (prometheus) => prometheus.url), url);
  assert.deepEqual(paths, []);
  const fail = () => Promise.reject(new Error('an invalid query'));
  await assert.rejects(askPrometheus(fail), { message: 'an invalid query' });
  assert.deepEqual(paths, ['/api/v1/status/buildinfo']);

  server.close();
  server.closeAllConnections();
  const found = await askPrometheus(fail);
  assert.match(
    found['missing'],
    /^Prometheus: nothing is listening at localhost:\d+ \(from PROMETHEUS_URL\)/,
  );
});
