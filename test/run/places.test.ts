import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test, type TestContext } from 'node:test';
import { embeddedPorts, requireUsableBackend, startEmbedded } from '#workshop/backend/connect';
import { startBackend } from '#workshop/backend/start';
import { UserError } from '#workshop/errors';
import { useServices } from '#workshop/services/use';
import { projectFolder } from '#workshop/settings';
import { isolatedEnvironment } from '../support/environment.ts';

/** What run.ts examines before it starts anything, in an isolated environment. */
async function places(t: TestContext, more: Record<string, string> = {}) {
  const { env, ports } = await isolatedEnvironment(t);
  const before = { ...process.env };
  Object.assign(process.env, env, more);
  t.after(() => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  });
  const look = async () => {
    await requireUsableBackend();
    const services = await useServices(projectFolder, { ownPorts: false, signal: AbortSignal.abort() });
    await services.stop();
  };
  return { look, ports };
}

/** Expects a UserError. */
async function assertRefused(look: () => Promise<void>, sentence: RegExp) {
  await assert.rejects(look, (error) => error instanceof UserError && sentence.test(error.message));
}

for (const [port, variable, purpose] of [
  ['reviews', 'REVIEWS_API_PORT', 'reviews-api'],
  ['query', 'JAEGER_URL', "Jaeger's pages"],
  ['otlpGrpc', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'OTLP over gRPC'],
  ['otlpHttp', 'OTLP_URL', 'OTLP over HTTP'],
] as const) {
  test(`another program on the port of ${purpose}: the error names the program, the port, and ${variable}`, async (t) => {
    const { look, ports } = await places(t);
    const server = createServer((socket) => socket.on('error', () => {}).end('hello\r\n'));
    await once(server.listen(ports[port], 'localhost'), 'listening');
    t.after(() => server.close());

    await assertRefused(look, new RegExp(`Port ${ports[port]} is meant for ${purpose} but .+${variable}`));
  });
}

test('an incomplete backend: it has the query API but receives no spans', async (t) => {
  const { look, ports } = await places(t);
  const backend = await startBackend({ queryPort: ports.query, otlpGrpcPort: 0, otlpHttpPort: 0 });
  t.after(() => backend.close());

  await assertRefused(look, / is incomplete, because nothing at .* receives spans \(OTLP over gRPC\)/);
});

for (const [variable, value, sentence] of [
  ['JAEGER_URL', 'http://127.0.0.2:1', / http:\/\/127\.0\.0\.2:1: .+ unset JAEGER_URL\./],
  [
    'JAEGER_URL',
    'jaeger',
    /JAEGER_URL is "jaeger", which is not a valid URL: set it to something like http:\/\/localhost:16686\./,
  ],
  [
    'BANDS_API_PORT',
    '70000',
    /BANDS_API_PORT is "70000", which is not a valid port: set it to a whole number from 1 to 65535\./,
  ],
] as const) {
  test(`${variable}=${value} is refused with one sentence`, async (t) => {
    const { look } = await places(t, { [variable]: value });
    await assertRefused(look, sentence);
  });
}

test('OTLP_URL is the usual endpoint for gRPC: one sentence', async (t) => {
  const { look } = await places(t, { OTEL_EXPORTER_OTLP_ENDPOINT: '', OTLP_URL: 'http://localhost:4317' });
  await assertRefused(
    look,
    /^OTLP_URL is http:\/\/localhost:4317, which is for OTLP over gRPC: unset OTLP_URL, or set it to http:\/\/localhost:4318\.$/,
  );
});

for (const [variable, value] of [
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://localhost:4318'],
  ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'http://localhost:4318/v1/traces'],
] as const) {
  test(`${variable} is the endpoint for HTTP: one sentence, whether or not a backend is running`, async (t) => {
    const { look, ports } = await places(t, { [variable]: value, OTLP_URL: 'http://localhost:4318' });
    const sentence = new RegExp(
      `^${variable} is ${value}, which is for OTLP over HTTP, but the workshop sends spans over gRPC: unset ${variable}, or set it to http://localhost:4317\\.$`,
    );
    await assertRefused(look, sentence);
    await assert.rejects(startEmbedded(), (error: Error) => sentence.test(error.message));
    await assert.rejects(embeddedPorts(), (error: Error) => sentence.test(error.message));

    const backend = await startBackend({ queryPort: ports.query, otlpGrpcPort: 0, otlpHttpPort: 0 });
    t.after(() => backend.close());
    await assertRefused(look, sentence);
  });
}
