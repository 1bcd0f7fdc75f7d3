import assert from 'node:assert/strict';
import { startBackend } from '#workshop/backend/start';
import { queryTrace } from '#workshop/backend/query';
import { accepts } from '#workshop/net/accepts';
import { UsageError } from '#workshop/errors';
import { aBand, readRunOptions } from '#workshop/run/options';
import type { Span } from '#workshop/trace/model';
import { isolatedEnvironment } from '../support/environment.ts';
import { runScript } from '../support/process.ts';
import { slowTest, test } from '../support/tests.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

test('run.ts, if nothing is running, prints the band and, on the last line, the URL of its trace', async (t) => {
  const { env, ports } = await isolatedEnvironment(t);

  const { code, stdout, stderr } = await runScript(t, 'run.ts', [], { env });

  assert.equal(code, 0, stderr);
  const lines = stdout.trimEnd().split('\n');
  assert.match(lines.at(-1)!, new RegExp(`^http://localhost:${ports.query}/trace/[0-9a-f]{32}$`));
  const json = lines.slice(0, -1).join('\n');
  const band = JSON.parse(json);
  assert.equal(json, JSON.stringify(band, null, 4), 'the JSON is indented by four');
  assert.deepEqual(Object.keys(band), ['uuid', 'name', 'reviews', 'created']);
  assert.equal(band.name, 'Fugazi');
  assert.deepEqual(
    band.reviews.map((review: { body: string }) => review.body),
    [1, 2, 3].map((number) => `This is the review ${number} of 3 for this band.`),
  );
  const uuids = band.reviews.map((review: { uuid: string }) => review.uuid);
  assert.equal(new Set(uuids).size, 3);
  for (const uuid of uuids) assert.match(uuid, UUID);

  assert.match(stderr, /Using the embedded backend at .* \(started\), bands-api and reviews-api \(started\)/);
  for (const word of ['caller', 'bands-api', 'reviews-api', 'get reviews', 'read review', '10 spans']) {
    assert.ok(stderr.includes(word), `the text waterfall has no "${word}":\n${stderr}`);
  }
  assert.ok(!stderr.includes('\u001b'), 'no colors without a terminal');

  for (const port of Object.values(ports))
    assert.equal(await accepts(port), false, `port ${port} is still open`);
});

test('run.ts uses a running backend, which gets the whole trace from the caller to the reviews', async (t) => {
  const { env, ports } = await isolatedEnvironment(t);
  const backend = await startBackend({
    queryPort: ports.query,
    otlpGrpcPort: ports.otlpGrpc,
    otlpHttpPort: ports.otlpHttp,
  });
  t.after(() => backend.close());

  const { code, stdout, stderr } = await runScript(t, 'run.ts', ['--json', '--times', '2'], { env });

  assert.equal(code, 0, stderr);
  assert.match(stderr, /Using the embedded backend at .* \(already running\)/);
  const [first, second, ...more] = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(more.length, 0, 'one object per line');
  assert.notEqual(second.traceId, first.traceId);
  assert.deepEqual(Object.keys(first), ['band', 'traceId', 'url', 'durationMs', 'spans']);
  assert.equal(first.band.name, 'Fugazi');
  assert.equal(first.spans, 10);
  assert.ok(first.durationMs > 100, 'a call takes as long as its slowest review');

  const trace = await queryTrace(backend.queryUrl, first.traceId);
  const spans = trace!.spans;
  const parentOf = (span: Span) => spans.find(({ spanId }) => spanId === span.parentId);
  const path = (span: Span | undefined): string[] =>
    span ? [...path(parentOf(span)), `${span.service} ${span.kind} ${span.name}`] : [];

  for (const leaf of spans.filter(({ name }) => name === 'read review')) {
    assert.deepEqual(path(leaf), [
      'caller client GET',
      'bands-api server GET /bands/:id',
      'bands-api internal request handler - getBand',
      'bands-api internal get reviews',
      'bands-api client GET',
      'reviews-api server GET /reviews',
      'reviews-api internal request handler - listReviews',
      'reviews-api internal read review',
    ]);
  }
  assert.equal(spans.filter(({ name }) => name === 'read review').length, 3);
  assert.deepEqual(
    spans.filter(({ error }) => error),
    [],
  );
});

slowTest('run.ts --times prints one line per call, and --band asks for another band', async (t) => {
  const { env } = await isolatedEnvironment(t);

  const other = '00000000-0000-4000-8000-000000000000';
  const { code, stdout } = await runScript(t, 'run.ts', ['--times', '3', '--band', other], { env });

  assert.equal(code, 0);
  const lines = stdout.trimEnd().split('\n');
  assert.equal(lines.length, 3);
  lines.forEach((line, index) => {
    assert.match(
      line,
      new RegExp(`^${index + 1}  200 +\\d+ ms  7 spans +http://localhost:\\d+/trace/[0-9a-f]{32}$`),
    );
  });
});

test('an unknown flag: one sentence, exit code 2', async (t) => {
  const { code, stdout, stderr } = await runScript(t, 'run.ts', ['--color']);

  assert.equal(code, 2);
  assert.equal(stdout, '');
  assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
});

test('run.ts --help explains every flag', async (t) => {
  const { code, stdout } = await runScript(t, 'run.ts', ['--help']);

  assert.equal(code, 0);
  for (const flag of ['--band', '--times', '--json', '--help']) assert.ok(stdout.includes(flag));
});

for (const [args, sentence] of [
  [['--color'], /Unknown option '--color'; --help lists the options\./],
  [['--times', 'many'], /--times needs a whole number of at least 1, not "many"\./],
  [['--times', '1e1'], /--times needs a whole number of at least 1, not "1e1"\./],
  [['--band', ''], /--band takes an id, not ""\./],
  [['--times'], /Option '--times <value>' argument missing; --help/],
  [['extra'], /Unexpected argument 'extra'.*; --help/],
] as const) {
  test(`run.ts ${args.join(' ')} is refused with one sentence`, (t) => {
    const before = process.argv;
    t.after(() => (process.argv = before));
    process.argv = [...before.slice(0, 2), ...args];

    assert.throws(
      () => readRunOptions(aBand),
      (error) => error instanceof UsageError && sentence.test(error.message),
    );
  });
}
