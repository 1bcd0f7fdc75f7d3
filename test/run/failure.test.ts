import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { queryTrace } from '#workshop/backend/query';
import { startBackend } from '#workshop/backend/start';
import { messageOf } from '#workshop/errors';
import { accepts } from '#workshop/net/accepts';
import { freePort } from '#workshop/net/ports';
import { projectCopy } from '../support/copy.ts';
import { isolatedEnvironment } from '../support/environment.ts';
import { runScript, start } from '../support/process.ts';

async function backendAt(t: TestContext, ports: Record<'query' | 'otlpGrpc' | 'otlpHttp', number>) {
  const backend = await startBackend({
    queryPort: ports.query,
    otlpGrpcPort: ports.otlpGrpc,
    otlpHttpPort: ports.otlpHttp,
  });
  t.after(() => backend.close());
  return backend;
}

test('a slow reviews-api: status 504, the body and the URL all the same, exit code 1', async (t) => {
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

test('a trace id that is none is not asked for: the answer is shown, and the trace that was found', async (t) => {
  const cwd = await projectCopy(t);
  const { env } = await isolatedEnvironment(t);
  const file = join(cwd, 'run.ts');
  const code = await readFile(file, 'utf8');
  await writeFile(file, code.replace("response.headers['trace-id']", 'String(response.headers)'));

  const { code: status, stdout, stderr } = await runScript(t, 'run.ts', [], { cwd, env });

  assert.equal(status, 0, stderr);
  assert.equal(JSON.parse(stdout).name, 'Fugazi');
  assert.match(stderr, /The caller knows no trace id\. This trace was found by searching/);
});

test('an error of both addresses of a host, which has no message, is told by its code', () => {
  const errors = ['127.0.0.1', '::1'].map((host) => new Error(`connect ECONNREFUSED ${host}:8080`));
  const error = Object.assign(new AggregateError(errors), { code: 'ECONNREFUSED' });
  assert.equal(error.message, '');
  assert.equal(messageOf(error), 'ECONNREFUSED');
});

test('what is no number of ms, and a log that cannot be written, keep nobody from the trace', async (t) => {
  const { env } = await isolatedEnvironment(t);
  await mkdir(join(env['WORKSHOP_STATE']!, 'logs', 'reviews-api.log'), { recursive: true });
  const { code, stdout } = await runScript(t, 'run.ts', ['--json'], {
    env: { ...env, OTEL_BSP_SCHEDULE_DELAY: '5s' },
  });
  assert.equal(code, 0);
  assert.equal(JSON.parse(stdout).spans, 10);
});

test('reviews-api down: bands-api answers 502, and its span holds the exception', async (t) => {
  const { env, ports } = await isolatedEnvironment(t);
  const backend = await backendAt(t, ports);
  const nobody = await freePort();
  const bands = start(t, process.execPath, ['--import', 'tsx', '--import', './tracing.ts', 'main.ts'], {
    cwd: 'bands-api',
    env: {
      ...env,
      PORT: String(ports.bands),
      REVIEWS_API_URL: `http://localhost:${nobody}`,
      OTEL_BSP_SCHEDULE_DELAY: '100',
    },
  });
  await bands.printed(/Server listening/);

  const { code, stdout, stderr } = await runScript(t, 'run.ts', ['--json'], { env });

  assert.equal(code, 1);
  assert.match(stderr, /bands-api \(running already\), reviews-api \(started\)/);
  assert.match(stderr, /The call failed with status 502 Bad Gateway\./);
  const { band, traceId, spans } = JSON.parse(stdout);
  assert.equal(spans, 5);
  assert.equal(band.statusCode, 502);
  assert.match(band.message, /^reviews-api failed: connect ECONNREFUSED/);
  const trace = await queryTrace(backend.queryUrl, traceId);
  const failed = trace!.spans.find(({ name }) => name === 'get reviews')!;
  assert.match(String(failed.events[0]!.attributes['exception.message']), /ECONNREFUSED/);
});

test('an id that is no UUID: status 400 and the URL of its trace, exit code 1', async (t) => {
  const { env } = await isolatedEnvironment(t);

  const { code, stdout } = await runScript(t, 'run.ts', ['--band', 'fugazi'], { env });

  assert.equal(code, 1);
  assert.match(stdout, /"message": "params\/id must match format \\"uuid\\""/);
  assert.match(stdout.trimEnd().split('\n').at(-1)!, /\/trace\/[0-9a-f]{32}$/);
});

/** A copy of the working copy in which a line stands behind another one. */
async function withLine(t: TestContext, file: string, behind: string, line: string): Promise<string> {
  const cwd = await projectCopy(t);
  const code = await readFile(join(cwd, file), 'utf8');
  assert.ok(code.includes(behind));
  await writeFile(join(cwd, file), code.replace(behind, `${behind}\n${line}`));
  return cwd;
}

test('a service that ends during the call: no answer, but the trace of the caller, and the others go on', async (t) => {
  const { env } = await isolatedEnvironment(t);
  const cwd = await withLine(
    t,
    'bands-api/app.ts',
    'async function getBand({ params, signal }) {',
    'process.exit(1);',
  );

  const { code, stdout, stderr } = await runScript(t, 'run.ts', [], { cwd, env });

  assert.equal(code, 1);
  assert.match(stdout, /^http:\S+\/trace\/[0-9a-f]{32}\n$/);
  assert.match(stderr, /^The call got no answer \(.+\): see the services' logs in .+logs\.$/m);
  assert.match(stderr, /^caller +GET ✗ error/m);

  const twice = await runScript(t, 'run.ts', ['--times', '2'], { cwd, env });
  assert.equal(twice.code, 1);
  assert.match(twice.stdout, /^1 {2}no answer {2}\d+ ms {2}1 span {2}http.+\n2 {2}no answer /);
});

test('a mistake that keeps a service from starting is shown, and not lost among the frames of others', async (t) => {
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
  assert.match(stderr, /^reviews-api ended before it was ready \(status 1\)\.$/m);
  assert.match(stderr, /app\.ts:\d+:\d+: ERROR: Unexpected ";"/);
});

for (const [title, variables] of [
  ['a proxy is not asked for what is on this machine', () => ({ http_proxy: 'http://127.0.0.1:9' })],
  [
    'an endpoint for traces alone is where they go',
    (endpoint: string) => ({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:9',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint,
    }),
  ],
] as const) {
  test(title, async (t) => {
    const { env } = await isolatedEnvironment(t);
    const { stdout, stderr } = await runScript(t, 'run.ts', ['--json'], {
      env: { ...env, ...variables(env.OTEL_EXPORTER_OTLP_ENDPOINT!) },
    });
    assert.equal(JSON.parse(stdout).spans, 10, stderr);
  });
}

/** A program that accepts connections and never says anything sensible. */
async function stranger(t: TestContext, port: number): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => {}).end('hello\r\n'));
  server.listen(port, 'localhost');
  await once(server, 'listening');
  t.after(() => server.close());
  return server;
}

for (const [port, variable, purpose] of [
  ['bands', 'BANDS_API_PORT', 'bands-api'],
  ['reviews', 'REVIEWS_API_PORT', 'reviews-api'],
  ['query', 'JAEGER_URL', "Jaeger's pages"],
  ['otlpGrpc', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'OTLP over gRPC'],
  ['otlpHttp', 'OTLP_URL', 'OTLP over HTTP'],
] as const) {
  test(`a stranger on the port of ${purpose}: one sentence with port, process and ${variable}, nothing left`, async (t) => {
    const { env, ports } = await isolatedEnvironment(t);
    await stranger(t, ports[port]);

    const { code, stdout, stderr } = await runScript(t, 'run.ts', [], { env });

    assert.equal(code, 1);
    assert.equal(stdout, '');
    const sentence = stderr.split('\n').find((line) => line.startsWith('Port '))!;
    assert.ok(sentence.includes(`Port ${ports[port]} is meant for ${purpose} but held by`), stderr);
    if (process.platform === 'linux') assert.ok(sentence.includes(`(process ${process.pid})`), sentence);
    assert.ok(sentence.includes(variable), sentence);
    assert.ok(!/\n\s+at /.test(stderr), 'no stack');
    assert.ok(!stderr.includes('is ready'), 'it is said before anything is started');
    for (const [name, other] of Object.entries(ports)) {
      if (name !== port) assert.equal(await accepts(other), false, `${name} is left running`);
    }
  });
}

test('half a backend: queries are answered but nothing takes spans', async (t) => {
  const { env, ports } = await isolatedEnvironment(t);
  const backend = await startBackend({ queryPort: ports.query, otlpGrpcPort: 0, otlpHttpPort: 0 });
  t.after(() => backend.close());

  const { code, stderr } = await runScript(t, 'run.ts', [], { env });

  assert.equal(code, 1);
  assert.match(stderr, /answers at .*, but nothing at .* receives spans \(OTLP over gRPC\)/);
});

test('a backend elsewhere that does not answer: the sentence says where', async (t) => {
  const { env } = await isolatedEnvironment(t);

  const { code, stderr } = await runScript(t, 'run.ts', [], {
    env: { ...env, JAEGER_URL: 'http://127.0.0.2:1' },
  });

  assert.equal(code, 1);
  assert.match(
    stderr,
    /Nothing answers at http:\/\/127\.0\.0\.2:1: start a Jaeger there, or unset JAEGER_URL\./,
  );
});

for (const [variable, value, sentence] of [
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
    const { env } = await isolatedEnvironment(t);

    const { code, stderr } = await runScript(t, 'run.ts', [], { env: { ...env, [variable]: value } });

    assert.equal(code, 1);
    assert.match(stderr, sentence);
  });
}
