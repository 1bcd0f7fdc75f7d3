/** The command line of ops, run as a person or a program does, with an ops service that knows one trace. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { ServerCredentials } from '@grpc/grpc-js';
import { log } from '#shared/ops/app.ts';
import { type Backend, startBackend } from '#workshop/backend/start';
import { freePort } from '#workshop/net/ports';
import { projectFolder } from '#workshop/settings';
import { buildApp } from '../../steps/20-ask-the-system/ops/app.ts';
import { encodeRequest, sendHttp, someSpan } from '../support/otlp.ts';

const span = someSpan({
  name: 'GET /followers/:name',
  startNs: BigInt(Date.now() - 60_000) * 1_000_000n,
  endNs: BigInt(Date.now() - 59_500) * 1_000_000n,
});
const id = span.traceId;
let backend: Backend;
let server: ReturnType<typeof buildApp>['server'];
let port: number;

before(async () => {
  log.level = 'silent';
  backend = await startBackend({ queryPort: 0, otlpGrpcPort: 0, otlpHttpPort: 0 });
  await sendHttp(backend.otlpHttpUrl, encodeRequest([span], 'followers-api'));
  const nowhere = `http://localhost:${await freePort()}`;
  ({ server } = buildApp({ tracesUrl: backend.queryUrl, prometheusUrl: nowhere, sampledServices: [] }));
  port = await promisify(server.bindAsync).call(server, 'localhost:0', ServerCredentials.createInsecure());
});
after(async () => {
  server.forceShutdown();
  await backend.close();
});

/** Runs the command line. Gives what it printed, and its exit code. */
function run(words: string[], opsPort = port): Promise<{ code: number; stdout: string; stderr: string }> {
  const program = ['--import', 'tsx', 'steps/20-ask-the-system/ops/cli.ts', ...words];
  const env = { ...process.env, OPS_PORT: String(opsPort) };
  return new Promise((resolve) => {
    execFile(process.execPath, program, { cwd: projectFolder, env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

test('people get tables, programs get JSON', async () => {
  const [table, json, trace, help] = await Promise.all([
    run(['traces', 'service=followers-api', 'min=300ms']),
    run(['traces', 'service=followers-api', 'min=300ms', '--json']),
    run(['trace', id]),
    run(['--help']),
  ]);
  assert.match(
    table.stdout,
    new RegExp(`^1 trace, newest first:\n\nstart +trace id\n[\\d-]+ [\\d:.]+  ${id}\n$`),
  );
  assert.deepEqual(JSON.parse(json.stdout), { traces: [{ id, start: String(span.startNs) }] });
  assert.match(trace.stdout, new RegExp(`^Trace ${id} took 500 ms, with no errors:\n\npage +http`));
  assert.match(trace.stdout, /^operation  followers-api: GET \/followers\/:name$/m);
  assert.match(help.stdout, /limit=5 +at most this many; 20 by default/);
  for (const { code, stderr } of [table, json, trace, help]) assert.deepEqual([code, stderr], [0, '']);
});

test('what goes wrong is one sentence, with an exit code', async () => {
  const unused = await freePort();
  const unknown = 'f'.repeat(32);
  const table: [words: string[], code: number, sentence: RegExp, port?: number][] = [
    [['trace'], 2, /^Write this command as npx tsx ops\/cli\.ts trace ID\.$/],
    [['logs', 'xyz'], 2, /^"xyz" is not a trace id: it needs 32 hex digits\.$/],
    [
      ['alerts'],
      1,
      /^The ops service at localhost:\d+ doesn't respond: start it with npm run services\.$/,
      unused,
    ],
  ];
  await Promise.all(
    table.map(async ([words, code, sentence, at]) => {
      const ended = await run(words, at);
      assert.match(ended.stderr.trimEnd(), sentence);
      assert.deepEqual([ended.code, ended.stdout], [code, ''], words.join(' '));
    }),
  );
  const { code, stdout, stderr } = await run(['trace', unknown, '--json']);
  assert.equal(code, 1);
  assert.equal(stderr, `Trace ${unknown} doesn't exist.\n`);
  assert.deepEqual(JSON.parse(stdout), { status: 'NOT_FOUND', message: `Trace ${unknown} doesn't exist.` });
});
