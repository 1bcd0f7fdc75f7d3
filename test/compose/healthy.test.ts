/** The health check of the containers, run beside the services instead of in the image. */
import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { ServerCredentials } from '@grpc/grpc-js';
import Fastify from 'fastify';
import { freePort } from '#workshop/net/ports';
import { projectFolder } from '#workshop/settings';
import { buildServer } from '../../steps/15-parent-or-link/checkout/app.ts';
import { start } from '../support/process.ts';

const checkout = join(projectFolder, 'steps/15-parent-or-link/checkout');

/** The exit code of the health check in the folder of a service. */
function check(t: TestContext, cwd: string, env: Record<string, string>) {
  const tsx = import.meta.resolve('tsx/esm'); // the image has a Node.js that can run TypeScript on its own
  const script = join(projectFolder, 'workshop/services/healthy.mjs');
  return start(t, process.execPath, ['--import', tsx, script], { cwd, env: { ...process.env, ...env } })
    .ended;
}

test('a service that responds over HTTP is healthy, and one that fails or is not there is not', async (t) => {
  const app = Fastify();
  let status = 200;
  app.get('/health', async (_request, reply) => reply.code(status).send({}));
  await app.listen({ host: 'localhost', port: 0 });
  t.after(() => app.close());
  const env = { PORT: String((app.server.address() as AddressInfo).port) };

  assert.equal(await check(t, projectFolder, env), 0);
  status = 500;
  assert.equal(await check(t, projectFolder, env), 1);
  assert.equal(await check(t, projectFolder, { PORT: String(await freePort()) }), 1);
});

test('a service that responds over gRPC is healthy under its own name only, and not if it is not there', async (t) => {
  const server = buildServer({ publish: async () => {} });
  const port = await promisify(server.bindAsync).call(
    server,
    'localhost:0',
    ServerCredentials.createInsecure(),
  );
  t.after(() => server.forceShutdown());

  assert.equal(await check(t, checkout, { GRPC_ADDRESS: `0.0.0.0:${port}` }), 0);
  assert.equal(await check(t, projectFolder, { GRPC_ADDRESS: `0.0.0.0:${port}` }), 1);
  assert.equal(await check(t, checkout, { GRPC_ADDRESS: `0.0.0.0:${await freePort()}` }), 1);
});
