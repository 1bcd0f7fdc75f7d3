import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FileStore, relate } from '#shared/tracing-endpoints/index.ts';
import { listenOnLoopback } from '#workshop/net/loopback';
import { freePort } from '#workshop/net/ports';
import { environmentOf, readServices } from '#workshop/services/definition';
import { stepNumber } from '../check/support.ts';
import { temporaryFolder } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';
import { start } from '../support/process.ts';

/** Starts a service of a step on a free port, and waits until it is ready. */
async function startService(t: TestContext, name: string, env: NodeJS.ProcessEnv, step = 23) {
  const services = await readServices(stepNumber(step).folder);
  const service = services.find((one) => one.name === name)!;
  const port = await freePort();
  const tracing = name === 'bands-api' ? ['--import', './tracing.ts'] : [];
  const subject = start(
    t,
    process.execPath,
    ['--import', import.meta.resolve('tsx/esm'), ...tracing, 'main.ts'],
    {
      cwd: service.folder,
      env: { ...process.env, ...environmentOf(service, new Map([[name, port]])), ...env },
    },
  );
  await subject.printed(/Server listening/);
  return { ...subject, url: `http://localhost:${port}` };
}

test('a service without a provider starts, says that it sends no spans, and responds', async (t) => {
  const state = await temporaryFolder(t);
  const bands = await startService(t, 'bands-api', { WORKSHOP_STATE: state, ENDPOINT_WAIT_MS: '100' });

  await bands.printed(/^No spans are sent, because no provider has published an endpoint\.$/m);
  const response = await fetch(`${bands.url}/health`);
  assert.deepEqual(await response.json(), { service: 'bands-api' });
  bands.child.kill('SIGTERM');
  assert.equal(await bands.ended, 0);
});

test('trace-endpoint publishes nothing until someone requests it, then the address in its environment', async (t) => {
  const state = await temporaryFolder(t);
  const provider = await startService(t, 'trace-endpoint', {
    WORKSHOP_STATE: state,
    OTEL_EXPORTER_OTLP_ENDPOINT: 'https://traces.example:4399',
  });
  const store = new FileStore(join(state, 'relations'));
  const ids = store.ids();
  assert.deepEqual(ids, [
    'trace-endpoint.tracing+bands-api.tracing',
    'trace-endpoint.tracing+reviews-api.tracing',
  ]);
  assert.equal(store.read(ids[0]!, 'provider'), undefined);

  store.write(ids[1]!, 'requirer', { receivers: '["otlp_grpc"]' });
  await provider.printed(/reviews-api requests otlp_grpc/);
  assert.deepEqual(store.read(ids[1]!, 'provider'), {
    receivers: '[{"protocol":{"name":"otlp_grpc","type":"grpc"},"url":"traces.example:4399"}]',
  });
  provider.child.kill('SIGTERM');
  assert.equal(await provider.ended, 0);
});

test('a service that finds a dead endpoint goes to the next one, says what it has dropped, and exits', async (t) => {
  const state = await temporaryFolder(t);
  const store = new FileStore(join(state, 'relations'));
  const [dead, open] = [`localhost:${await freePort()}`, await listen(t)];
  const id = relate(store, 'trace-endpoint', 'bands-api');
  const receiver = { protocol: { name: 'otlp_grpc', type: 'grpc' }, url: dead };
  store.write(id, 'provider', { receivers: JSON.stringify([receiver]) });
  const env = { WORKSHOP_STATE: state, OTEL_EXPORTER_OTLP_ENDPOINT: `http://${open.address}` };

  const bands = await startService(t, 'bands-api', env, 24);
  await bands.printed(new RegExp(`^Spans go to ${dead}\\.$`, 'm'));
  const provider = await startService(t, 'trace-endpoint', env, 24);
  await bands.printed(new RegExp(`^Spans go to ${open.address}\\.$`, 'm'));

  await fetch(`${provider.url}/receivers`, { method: 'DELETE' });
  await bands.printed(/^There is no endpoint: spans are dropped\.$/m);
  const response = await fetch(`${bands.url}/health`);
  assert.deepEqual(await response.json(), { service: 'bands-api' });
  bands.child.kill('SIGTERM');
  await bands.printed(/^Spans dropped while there was no endpoint: [1-9]\d*\.$/m);
  assert.equal(await bands.ended, 0);
});

test('the endpoint moves to a place that is open, back when it is closed, and can be withdrawn', async (t) => {
  const state = await temporaryFolder(t);
  const store = new FileStore(join(state, 'relations'));
  const provider = await startService(t, 'trace-endpoint', {
    WORKSHOP_STATE: state,
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://traces.example:4399',
  });
  const ids = store.ids();
  const published = () =>
    ids.map((id) => /url":"(.*?)"/.exec(store.read(id, 'provider')?.['receivers'] ?? '')?.[1]);
  const put = async (body: unknown) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${provider.url}/receivers`, {
      method: 'PUT',
      headers,
      body: JSON.stringify(body),
    });
    return [response.status, await response.json()];
  };
  const place = await listen(t);
  for (const id of ids) store.write(id, 'requirer', { receivers: '["otlp_grpc"]' });

  assert.deepEqual(await put({ otlp_grpc: place.address }), [200, { otlp_grpc: place.address }]);
  await eventually(
    () => published().every((url) => url === place.address),
    'the endpoint is at the new place',
  );
  await place.close();
  await eventually(() => published().every((url) => url === 'traces.example:4399'), 'the endpoint is back');
  await provider.printed(/Nothing listens at localhost:\d+ any more/);

  const refused = await put({ otlp_grpc: place.address });
  assert.match(
    JSON.stringify(refused),
    /^\[409,.*"Nothing listens at localhost:\d+: start the receiver first/,
  );
  for (const body of [{ otlp_grpc: `http://${place.address}` }, { otlp_grpc: 'localhost:0' }, {}, 7, null])
    assert.match(JSON.stringify(await put(body)), /^\[400,.* is not a place for spans: send \{/);

  const removed = await fetch(`${provider.url}/receivers`, { method: 'DELETE' });
  assert.deepEqual(await removed.json(), { otlp_grpc: null });
  assert.deepEqual(store.ids(), []);
});

test('a provider that was killed returns to the place in its environment, unless only the last one is open', async (t) => {
  const state = await temporaryFolder(t);
  const store = new FileStore(join(state, 'relations'));
  const [last, dead] = [await listen(t), `localhost:${await freePort()}`];
  const id = relate(store, 'trace-endpoint', 'bands-api');
  const publishedAfterRestart = async (published: string, configured: string) => {
    store.write(id, 'requirer', { receivers: '["otlp_grpc"]' });
    const receiver = { protocol: { name: 'otlp_grpc', type: 'grpc' }, url: published };
    store.write(id, 'provider', { receivers: JSON.stringify([receiver]) });
    const provider = await startService(t, 'trace-endpoint', {
      WORKSHOP_STATE: state,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://${configured}`,
    });
    await provider.printed(/bands-api requests/);
    provider.child.kill('SIGKILL');
    return /url":"(.*?)"/.exec(store.read(id, 'provider')!['receivers']!)?.[1];
  };
  const configured = await listen(t);

  assert.equal(await publishedAfterRestart(dead, configured.address), configured.address);
  assert.equal(await publishedAfterRestart(last.address, configured.address), configured.address);
  assert.equal(await publishedAfterRestart(last.address, dead), last.address);
});

/** Accepts connections on a free port until the end of the test. */
async function listen(t: TestContext) {
  const listener = await listenOnLoopback(() => createServer(), 0);
  t.after(listener.close);
  return { address: `localhost:${listener.port}`, close: listener.close };
}
