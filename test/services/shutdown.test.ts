import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Backend } from '#workshop/backend/start';
import { freePort } from '#workshop/net/ports';
import { projectFolder } from '#workshop/settings';
import { freshBackend } from '../backend/backend.ts';
import { eventually } from '../support/eventually.ts';
import { start, type Subject } from '../support/process.ts';

const BAND = '553be815-76f3-49db-b9d7-caca4b23cc3e';
/** The batch processor sends when so many spans wait, and not before the service ends. */
const BATCH = 10;
const NEVER_MS = 600_000;

test('SIGTERM to a service at rest: its spans arrive, and it ends with 0', async (t) => {
  const backend = await freshBackend(t);
  const { service, get } = await startTraced(t, 'reviews-api', backend);
  assert.equal(await get(`/reviews?band_id=${BAND}`), 200);

  assert.equal(await terminated(service), 0, service.stderr);

  assert.equal(backend.store.status().spans, BATCH + 5, 'GET /reviews, its handler and three reviews');
});

test('SIGTERM while a request hangs: the spans of those that were answered arrive', async (t) => {
  const backend = await freshBackend(t);
  const reviews = await silentFromTheSecondOn(t);
  const { service, get } = await startTraced(t, 'bands-api', backend, {
    REVIEWS_API_URL: reviews.url,
    REVIEWS_TIMEOUT_MS: String(NEVER_MS),
  });
  assert.equal(await get(`/bands/${BAND}`), 200);
  const hangs = assert.rejects(get(`/bands/${BAND}`));
  await eventually(() => reviews.asked() === 2, 'the second request is under way');

  await terminated(service);

  await hangs;
  assert.equal(backend.store.status().spans, BATCH + 4, 'GET /bands/:id, its handler, get reviews and GET');
});

test('SIGTERM when the backend is gone: a line says why spans are lost, and the service ends with 0', async (t) => {
  const backend = await freshBackend(t);
  const { service, get } = await startTraced(t, 'reviews-api', backend);
  await backend.close();
  assert.equal(await get(`/reviews?band_id=${BAND}`), 200);

  assert.equal(await terminated(service), 0, service.stderr);

  // Node.js 26 warns of the loader hook (DEP0205), which OpenTelemetry has no other way for yet.
  const said = service.stderr
    .split('\n')
    .filter((line) => line !== '' && !/DEP0205|trace-deprecation/.test(line));
  assert.equal(said.length, 1, service.stderr);
  assert.match(said[0]!, /^Spans were lost: .*UNAVAILABLE/);
});

/**
 * Starts a service of the working copy, and lets it send a first batch: loading what sends takes a second on a busy
 * machine, half of what a service has to end.
 */
async function startTraced(
  t: TestContext,
  name: string,
  backend: Backend,
  env: Record<string, string> = {},
): Promise<{ service: Subject; get: (path: string) => Promise<number> }> {
  const port = await freePort();
  const words = ['--import', import.meta.resolve('tsx'), '--import', './tracing.ts', 'main.ts'];
  const service = start(t, process.execPath, words, {
    cwd: join(projectFolder, name),
    env: {
      ...process.env,
      ...env,
      PORT: String(port),
      OTEL_EXPORTER_OTLP_ENDPOINT: backend.otlpGrpcUrl,
      OTEL_BSP_SCHEDULE_DELAY: String(NEVER_MS),
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: String(BATCH),
    },
  });
  await service.printed(/Server listening/);

  const get = async (path: string) => {
    const answer = await fetch(`http://localhost:${port}${path}`);
    await answer.arrayBuffer();
    return answer.status;
  };
  for (let spans = 0; spans < BATCH; spans += 2) await get('/health'); // the request and its handler
  await eventually(() => backend.store.status().spans === BATCH, 'the first batch has arrived');
  return { service, get };
}

/** Asks a process to end, and gives how it did. */
function terminated(service: Subject): Promise<number | NodeJS.Signals> {
  service.child.kill('SIGTERM');
  return service.ended;
}

/** Stands for reviews-api: has no reviews for who asks first, and no answer for anybody after. */
async function silentFromTheSecondOn(t: TestContext) {
  let asked = 0;
  const server = createServer((_request, response) => {
    if (++asked === 1) response.setHeader('content-type', 'application/json').end('[]');
  });
  await once(server.listen(0, 'localhost'), 'listening');
  t.after(() => server.close().closeAllConnections());
  return { url: `http://localhost:${(server.address() as AddressInfo).port}`, asked: () => asked };
}
