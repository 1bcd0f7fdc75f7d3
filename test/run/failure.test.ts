import assert from 'node:assert/strict';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { queryTrace } from '#workshop/backend/query';
import { startBackend } from '#workshop/backend/start';
import { messageOf } from '#workshop/errors';
import { freePort } from '#workshop/net/ports';
import { allClosed, isolatedEnvironment } from '../support/environment.ts';
import { runScript, start } from '../support/process.ts';
import { slowTest, test } from '../support/tests.ts';
import { withLine } from './with-line.ts';

async function backendAt(t: TestContext, ports: Record<'query' | 'otlpGrpc' | 'otlpHttp', number>) {
  const backend = await startBackend({
    queryPort: ports.query,
    otlpGrpcPort: ports.otlpGrpc,
    otlpHttpPort: ports.otlpHttp,
  });
  t.after(() => backend.close());
  return backend;
}

test('a slow reviews-api: status 504, with the body and the URL, exit code 1', async (t) => {
  const { env, ports } = await isolatedEnvironment(t);
  const backend = await backendAt(t, ports);

  const { code, stdout, stderr } = await runScript(t, 'run.ts', [], {
    env: { ...env, REVIEWS_TIMEOUT_MS: '50' },
  });

  assert.equal(code, 1);
  assert.match(stderr, /The call failed with status 504 Gateway Timeout\./);
  const lines = stdout.trimEnd().split('\n');
  assert.equal(
    JSON.parse(lines.slice(0, -1).join('\n')).message,
    'reviews-api failed: no response within 50 ms',
  );
  const traceId = /\/trace\/([0-9a-f]{32})$/.exec(lines.at(-1)!)![1]!;
  // The trace is drawn with the side of bands-api, where the reason is.
  assert.match(stderr, /^bands-api +.*get reviews ✗ error/m);

  const trace = await queryTrace(backend.queryUrl, traceId);
  const failed = trace!.spans.find(({ name }) => name === 'get reviews')!;
  assert.equal(failed.error, true);
  assert.equal(failed.events[0]!.name, 'exception');
  assert.equal(
    failed.events[0]!.attributes['exception.message'],
    'reviews-api failed: no response within 50 ms',
  );
  const server = trace!.spans.find(
    ({ name, service }) => service === 'bands-api' && name === 'GET /bands/:id',
  )!;
  assert.equal(server.error, true);
  assert.equal(server.attributes['http.response.status_code'], 504);
});

test('reviews-api responds with something other than a list: status 502, with the reason on the span', async (t) => {
  const { env, ports } = await isolatedEnvironment(t);
  const backend = await backendAt(t, ports);
  const reviews = createHttpServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(request.url === '/health' ? { service: 'reviews-api' } : { reviews: [] }));
  }).listen(ports.reviews, 'localhost');
  await once(reviews, 'listening');
  t.after(() => reviews.close());

  const { stdout, stderr } = await runScript(t, 'run.ts', ['--json'], { env });

  const { band, traceId } = JSON.parse(stdout) as { band: { message: string }; traceId: string };
  assert.match(stderr, /The call failed with status 502 Bad Gateway\./);
  assert.equal(band.message, 'reviews-api failed: it did not respond with a list');
  const trace = await queryTrace(backend.queryUrl, traceId);
  const failed = trace!.spans.find(({ name }) => name === 'get reviews')!;
  assert.equal(failed.events[0]!.attributes['exception.message'], band.message);
});

test('messageOf: the code, for an error about both addresses of a host, which has no message', () => {
  const errors = ['127.0.0.1', '::1'].map((host) => new Error(`connect ECONNREFUSED ${host}:8080`));
  const error = Object.assign(new AggregateError(errors), { code: 'ECONNREFUSED' });
  assert.equal(error.message, '');
  assert.equal(messageOf(error), 'ECONNREFUSED');
});

test('a variable that was left in the shell turns tracing off: it is named', async (t) => {
  const { env, ports } = await isolatedEnvironment(t);
  await backendAt(t, ports);
  const { code, stderr } = await runScript(t, 'run.ts', [], {
    env: { ...env, OTEL_SDK_DISABLED: 'true' },
  });
  assert.equal(code, 0);
  assert.match(stderr, /^OTEL_SDK_DISABLED=true is set in this shell, which can change what is traced\.$/m);
});

slowTest('reviews-api is down: bands-api responds with 502, and its span has the exception', async (t) => {
  const { env, ports } = await isolatedEnvironment(t);
  const backend = await backendAt(t, ports);
  const unused = await freePort();
  const bands = start(t, process.execPath, ['--import', 'tsx/esm', '--import', './tracing.ts', 'main.ts'], {
    cwd: 'bands-api',
    env: {
      ...env,
      PORT: String(ports.bands),
      REVIEWS_API_URL: `http://localhost:${unused}`,
      OTEL_BSP_SCHEDULE_DELAY: '100',
    },
  });
  await bands.printed(/Server listening/);

  const { code, stdout, stderr } = await runScript(t, 'run.ts', ['--json'], { env });

  assert.equal(code, 1);
  assert.match(stderr, /bands-api \(already running\), reviews-api \(started\)/);
  assert.match(stderr, /The call failed with status 502 Bad Gateway\./);
  const { band, traceId, spans } = JSON.parse(stdout);
  assert.equal(spans, 5);
  assert.equal(band.statusCode, 502);
  assert.match(band.message, /^reviews-api failed: connect ECONNREFUSED/);
  const trace = await queryTrace(backend.queryUrl, traceId);
  const failed = trace!.spans.find(({ name }) => name === 'get reviews')!;
  assert.match(String(failed.events[0]!.attributes['exception.message']), /ECONNREFUSED/);
});

test('a mistake that prevents a service from starting is shown, and not lost among the stack frames', async (t) => {
  const { env } = await isolatedEnvironment(t);
  const cwd = await withLine(
    t,
    'reviews-api/app.ts',
    "const tracer = trace.getTracer('reviews-api');",
    'const a = ;',
  );

  const { code, stdout, stderr } = await runScript(t, 'run.ts', [], { cwd, env });

  assert.equal(code, 1);
  assert.equal(stdout, '');
  assert.match(stderr, /^reviews-api exited before it was ready \(status 1\)\.$/m);
  assert.match(stderr, /app\.ts:\d+:\d+: ERROR: Unexpected ";"/);
});

slowTest(
  'the run succeeds in spite of a log that cannot be written, an invalid delay, a proxy, and an endpoint only for traces',
  async (t) => {
    const { env } = await isolatedEnvironment(t);
    await mkdir(join(env['WORKSHOP_STATE']!, 'logs', 'reviews-api.log'), { recursive: true });

    const { code, stdout, stderr } = await runScript(t, 'run.ts', ['--json'], {
      env: {
        ...env,
        OTEL_BSP_SCHEDULE_DELAY: '5s',
        http_proxy: 'http://127.0.0.1:9',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:9',
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: env.OTEL_EXPORTER_OTLP_ENDPOINT,
      },
    });

    assert.equal(code, 0, stderr);
    assert.equal(JSON.parse(stdout).spans, 10);
  },
);

test('another program on a port: one sentence with the port, the process, and the variable; nothing is started', async (t) => {
  const { env, ports } = await isolatedEnvironment(t);
  const server = createServer((socket) => socket.on('error', () => {}).end('hello\r\n'));
  await once(server.listen(ports.bands, 'localhost'), 'listening');
  t.after(() => server.close());

  const { code, stdout, stderr } = await runScript(t, 'run.ts', [], { env });

  assert.equal(code, 1);
  assert.equal(stdout, '');
  const sentence = stderr.split('\n').find((line) => line.startsWith('Port '))!;
  assert.ok(sentence.includes(`Port ${ports.bands} is meant for bands-api but used by`), stderr);
  if (process.platform === 'linux') assert.ok(sentence.includes(`(process ${process.pid})`), sentence);
  assert.ok(sentence.includes('BANDS_API_PORT'), sentence);
  assert.ok(!/\n\s+at /.test(stderr), 'no stack');
  assert.ok(!stderr.includes('is ready'), 'the error comes before anything is started');
  const { bands: _, ...others } = ports;
  assert.ok(await allClosed(others), 'nothing is left running');
});
