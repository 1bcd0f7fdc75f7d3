import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isolatedEnvironment } from '../support/environment.ts';
import { runScript } from '../support/process.ts';

const command = 'workshop/commands/logs.ts';
const [ours, other] = ['4bf92f3577b34da6a3ce929d0e0e4736', '0af7651916cd43dd8448eb211c80319c'];

const line = (time: number, msg: string, traceId?: string) =>
  JSON.stringify({ level: 30, time, msg, ...(traceId && { trace_id: traceId }) });

/** Runs the command after the services have logged these lines. */
async function logs(t: TestContext, words: string[], logged: Record<string, string[]>) {
  const { env } = await isolatedEnvironment(t);
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

test('the lines of a trace, from all services, are shown in order of time', async (t) => {
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

test('without an id all lines are shown; a line without a time comes after the line before it', async (t) => {
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
});

test('no lines with the id, no logs, or an invalid id: one sentence each', async (t) => {
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
