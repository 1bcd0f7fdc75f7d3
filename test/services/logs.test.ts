import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { logEntryOf } from '#workshop/services/log-entry';
import { readableLogLine } from '#workshop/services/log-line';
import { startBackend } from '#workshop/backend/start';
import { isolatedEnvironment } from '../support/environment.ts';
import { encodeLogRequest, type LogInput } from '../support/otlp.ts';
import { runScript } from '../support/process.ts';
import { slowTest, test } from '../support/tests.ts';

const command = 'workshop/commands/logs.ts';
const [ours, other] = ['4bf92f3577b34da6a3ce929d0e0e4736', '0af7651916cd43dd8448eb211c80319c'];

const line = (time: number, msg: string, traceId?: string) =>
  JSON.stringify({ level: 30, time, msg, ...(traceId && { trace_id: traceId }) });

/** Runs the command after the services have logged these lines and sent these records over OTLP, if there is a backend. */
async function logs(
  t: TestContext,
  words: string[],
  logged: Record<string, string[]>,
  sent?: Record<string, LogInput[]>,
) {
  const { env, ports } = await isolatedEnvironment(t);
  if (sent) {
    const { query: queryPort, otlpGrpc: otlpGrpcPort, otlpHttp: otlpHttpPort } = ports;
    const backend = await startBackend({ queryPort, otlpGrpcPort, otlpHttpPort });
    t.after(() => backend.close());
    for (const [service, records] of Object.entries(sent))
      backend.logs.add(encodeLogRequest(records, service));
  }
  await mkdir(join(env.WORKSHOP_STATE!, 'logs'));
  for (const [service, lines] of Object.entries(logged)) {
    await writeFile(
      join(env.WORKSHOP_STATE!, 'logs', `${service}.log`),
      lines.map((text) => `${text}\n`).join(''),
    );
  }
  return runScript(t, command, words, { env });
}

const both = {
  'bands-api': [line(1_000, 'one', ours), line(2_000, 'other', other), line(4_000, 'four', ours)],
  'reviews-api': [line(2_000, 'two', ours), 'not JSON', line(3_000, 'three', ours), line(9_000, 'no id')],
};

/** The messages, without time and level. */
const said = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((text) => text.replace(/ +│ (\[\d\d:\d\d:\d\d\] INFO: )?/, ': ').replace(/ trace_id.*/, ''));

test('the lines of a trace, from all services, are shown in chronological order', async (t) => {
  for (const word of [ours, ours.toUpperCase(), `http://localhost:16686/trace/${ours}`]) {
    const { code, stdout } = await logs(t, [word], both);
    assert.deepEqual(said(stdout), [
      'bands-api: one',
      'reviews-api: two',
      'reviews-api: three',
      'bands-api: four',
    ]);
    assert.equal(code, 0);
  }
});

slowTest(
  'without an id all lines are shown; a line without a time comes after the line before it',
  async (t) => {
    const { stdout } = await logs(t, [], both);
    assert.deepEqual(said(stdout), [
      'bands-api: one',
      'bands-api: other',
      'reviews-api: two',
      'reviews-api: not JSON',
      'reviews-api: three',
      'bands-api: four',
      'reviews-api: no id',
    ]);
  },
);

const record = (timeMs: number, body: string, traceId?: string): LogInput => ({
  timeNs: BigInt(timeMs) * 1_000_000n,
  severityNumber: 9,
  body,
  ...(traceId && { traceId, spanId: '00f067aa0ba902b7' }),
});

test('the lines of a service that sends them over OTLP come from the backend, the others from its file', async (t) => {
  const sent = {
    'bands-api': [
      record(500, 'before its last start'),
      record(1_000, 'one', ours),
      record(5_000, 'five', ours),
    ],
    caller: [record(900, 'a call', ours)],
  };
  const ofTrace = await logs(t, [ours], both, sent);
  assert.deepEqual(said(ofTrace.stdout), [
    'caller: a call',
    'bands-api: one',
    'reviews-api: two',
    'reviews-api: three',
    'bands-api: five',
  ]);
  const all = await logs(t, [], both, sent);
  assert.deepEqual(said(all.stdout), [
    'caller: a call',
    'bands-api: one',
    'reviews-api: two',
    'reviews-api: not JSON',
    'reviews-api: three',
    'bands-api: five',
    'reviews-api: no id',
  ]);
  const files = await logs(t, [], { 'bands-api': both['bands-api'] }, { 'bands-api': [record(500, 'old')] });
  assert.deepEqual(said(files.stdout), ['bands-api: one', 'bands-api: other', 'bands-api: four']);
});

test('a record looks like the line that pino prints', () => {
  const common = { traceId: ours, spanId: 's', service: 'bands-api', severityText: 'info', eventName: '' };
  const rest = { droppedAttributes: 0, scope: '', scopeVersion: '', resource: {}, timeUs: 1_000 };
  const request = logEntryOf({
    ...common,
    ...rest,
    severityNumber: 9,
    body: 'incoming request',
    attributes: { reqId: 'req-1', req: '{"method":"GET","url":"/bands/1"}', list: '[not JSON' },
  });
  assert.equal(
    readableLogLine(request).replace(/\d\d:\d\d:\d\d/, 'time'),
    `[time] INFO: incoming request GET /bands/1 trace_id=${ours} span_id=s {"list":"[not JSON"}`,
  );

  const failure = readableLogLine(
    logEntryOf({
      ...common,
      ...rest,
      severityNumber: 17,
      body: '',
      attributes: {
        'exception.type': 'Error',
        'exception.message': 'no',
        'exception.stacktrace': 'Error: no\n    at here',
      },
    }),
  );
  assert.match(failure, /^\[.*\] ERROR: Error: no trace_id/);
  assert.match(failure, /^ +at here$/m);
});

slowTest('no lines with the id, no logs, or an invalid id: one sentence each', async (t) => {
  const none = await logs(t, ['f'.repeat(32)], both);
  assert.match(
    none.stderr,
    /^None of the 7 lines that bands-api and reviews-api have logged .* contains f{32}: .*\n$/,
  );
  assert.equal(none.code, 1);

  const empty = await logs(t, [ours], {});
  assert.match(empty.stderr, /^bands-api and reviews-api have not logged anything yet\. .*\n$/);
  assert.equal(empty.code, 1);

  for (const words of [['abc'], [`${ours}0`], [ours, other], ['--nonsense']]) {
    const wrong = await logs(t, words, both);
    assert.equal(wrong.code, 2, words.join(' '));
    assert.equal(wrong.stdout, '');
    assert.equal(wrong.stderr.trimEnd().split('\n').length, 1);
  }
});
