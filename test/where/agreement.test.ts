import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FileStore } from '#shared/tracing-endpoints/index.ts';
import { freePort } from '#workshop/net/ports';
import { environmentOf, readServices } from '#workshop/services/definition';
import { stepNumber } from '../check/support.ts';
import { temporaryFolder } from '../support/environment.ts';
import { start } from '../support/process.ts';

const services = await readServices(stepNumber(23).folder);

/** Starts a service of step 23 on a free port, and waits until it is ready. */
async function startService(t: TestContext, name: string, env: NodeJS.ProcessEnv) {
  const service = services.find((one) => one.name === name)!;
  const port = await freePort();
  const tracing = name === 'bands-api' ? ['--import', './tracing.ts'] : [];
  const subject = start(
    t,
    process.execPath,
    ['--import', import.meta.resolve('tsx'), ...tracing, 'main.ts'],
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
