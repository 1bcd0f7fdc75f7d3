/** Step 26 with real programs: what the chain costs, and that it loses nothing when a Cassandra node dies. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { storedSpans } from '#shared/scale/stored.ts';
import { type SentTrace, sendTraffic, SPANS_PER_TRACE } from '#shared/scale/traffic.ts';
import { observeStep } from '#tools/observations';
import { record } from '#tools/recorded';
import { evaluate, readLesson } from '#workshop/check/check';
import { jsonPrinted } from '#workshop/check/json-printed';
import type { ChainRun } from '#workshop/check/judges/chain';
import { projectFolder } from '#workshop/settings';
import { assertPassed, stepNumber } from '../check/support.ts';
import { eventually } from '../support/eventually.ts';
import { startChain } from './chain.ts';
import { bytesBelow, cpuSeconds } from './measures.ts';

/** How often to look whether a trace is stored: each look costs processor time, too. */
const LOOK_EVERY_MS = 500;
const WARM_UP = { traces: 300, perSecond: 100 };
const MEASURED = { traces: 1_500, perSecond: 100 };
const WITH_STALL = { traces: 60, perSecond: 30 };
/** Longer than the three attempts of Jaeger's driver for Cassandra, 11 s each. */
const STALL_MS = 45_000;
const WITH_FAILURE = { traces: 2_000, perSecond: 100 };

const step = stepNumber(26);
const { folder, agents, collectors, kafka, ingesters, cassandra, queryUrl } = await startChain({ after });
const places: [string, string] = [agents[0]!.address, agents[1]!.address];
const [AGENT_1_URL, AGENT_2_URL] = places.map((place) => `http://${place}`);
Object.assign(process.env, { AGENT_1_URL, AGENT_2_URL, CHAIN_URL: queryUrl }); // for the program that the check runs
const [dies, survives] = [cassandra[0]!, cassandra[1]!];
const allKept = { kindOf: () => 'error' as const };
/** Processor seconds in each part, and bytes in each form, for one span; in Cassandra, for one copy of it. */
const perSpan = { cpu: {} as Record<string, number>, bytes: {} as Record<string, number> };

test('what a span costs on its way, if all are kept', async () => {
  const parts = { agent: agents, collector: collectors, kafka: [kafka], ingester: ingesters, cassandra };
  const cpu = () => Promise.all(Object.values(parts).map(cpuSeconds));
  await untilWhole(sendTraffic(places, { ...WARM_UP, ...allKept }).traces);
  const before = await cpu();
  const { traces, sent } = sendTraffic(places, { ...MEASURED, ...allKept });
  const bytes = await sent;
  await untilWhole(traces);
  const now = await cpu();
  const spans = traces.length * SPANS_PER_TRACE;
  perSpan.cpu = Object.fromEntries(
    Object.keys(parts).map((name, index) => {
      const copies = name === 'cassandra' ? cassandra.length : 1;
      return [name, (now[index]! - before[index]!) / spans / copies];
    }),
  );
  perSpan.bytes['otlp'] = bytes / spans;
  const written = (WARM_UP.traces + MEASURED.traces) * SPANS_PER_TRACE;
  perSpan.bytes['kafka'] = (await bytesBelow(folder, /\botlp_spans-\d+\/.*\.log$/)) / written;
});

test('Cassandra does not respond for a while, and spans wait in Kafka', async () => {
  for (const { child } of cassandra) child.kill('SIGSTOP');
  const { traces, sent } = sendTraffic(places, { ...WITH_STALL, ...allKept });
  await sent;
  await sleep(STALL_MS);
  for (const { child } of cassandra) child.kill('SIGCONT');
  await untilWhole(traces);
  console.log(
    `${traces.length} traces of ${traces.length}, sent while Cassandra did not respond, are whole.`,
  );
});

test('a Cassandra node dies while traces are written, and all errors and slow traces are whole at the end', async () => {
  const { traces, sent } = sendTraffic(places, WITH_FAILURE);
  const firstError = traces.find(({ kind }) => kind === 'error')!;
  const important = traces.filter(({ kind }) => kind !== 'usual');
  await untilWhole([firstError]);
  const before = await storedSpans(queryUrl, important);
  dies.child.kill('SIGKILL');
  assert.equal(await dies.ended, 'SIGKILL');
  await sent;

  await untilWhole(important).catch(() => {}); // the counts say more
  const stored = await storedSpans(queryUrl, traces);
  const count = (kind: string, wanted: (spans: number) => boolean) =>
    traces.filter((trace) => trace.kind === kind && wanted(stored.get(trace.id)!)).length;
  const rows = (['error', 'slow', 'usual'] as const).map((kind) => ({
    kind,
    sent: count(kind, () => true),
    kept: count(kind, (spans) => spans > 0),
    whole: count(kind, (spans) => spans === SPANS_PER_TRACE),
  }));
  const storedBefore = [...before.values()].filter((spans) => spans > 0).length;
  console.log(
    `${traces.length} traces of ${SPANS_PER_TRACE} spans. When a Cassandra node was killed, ${storedBefore} of the ${important.length} that must be kept were stored.`,
  );
  console.table(rows);

  for (const { kind, sent: all, kept, whole } of rows) {
    assert.equal(whole, kept, `${kind}: some traces are incomplete`);
    if (kind !== 'usual') assert.equal(kept, all, `${kind}: some traces are lost`);
  }
  const usual = rows[2]!;
  assert.ok(usual.kept > 0.05 * usual.sent && usual.kept < 0.15 * usual.sent, 'it should keep a tenth');
  assert.ok(storedBefore > 0 && storedBefore < important.length, 'the node was killed too early or too late');

  // The other node has everything that was kept, and the check of step 26 sends some more.
  const seen = await observeStep(step);
  assertPassed(evaluate(await readLesson(step.folder), seen));
  const [{ kinds = [] } = {}] = jsonPrinted<ChainRun>('send-traces.ts', seen);
  assert.equal(kinds.length, 3, 'the check has found the chain');
  if (process.env['RECORD']) await record(step, seen);

  // It writes everything to its files before it exits. The other one was dead for a while, so this one has all spans.
  survives.child.kill('SIGTERM');
  await survives.ended;
  const keptTraces = [...rows, ...kinds].reduce((sum, { kept }) => sum + kept, 0);
  const allTraces = keptTraces + WARM_UP.traces + MEASURED.traces + WITH_STALL.traces;
  const spans = allTraces * SPANS_PER_TRACE;
  perSpan.bytes['cassandra'] = (await bytesBelow(folder, /127\.0\.0\.3\/data\/jaeger\//)) / spans;
});

test('the figures for npm run sizing are complete', async () => {
  const figures = {
    node: process.version,
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    spansPerCpuSecond: Object.fromEntries(
      Object.entries(perSpan.cpu).map(([name, seconds]) => [name, Math.round(1 / seconds)]),
    ),
    bytesPerSpan: Object.fromEntries(
      Object.entries(perSpan.bytes).map(([name, bytes]) => [name, Math.round(bytes)]),
    ),
  };
  console.log(JSON.stringify(figures, null, 2));
  for (const part of ['agent', 'collector', 'kafka', 'ingester', 'cassandra'])
    assert.ok(figures.spansPerCpuSecond[part]! > 0, part);
  for (const form of ['otlp', 'kafka', 'cassandra']) assert.ok(figures.bytesPerSpan[form]! > 0, form);
  const { FIGURES } = process.env;
  if (FIGURES) await writeFile(join(projectFolder, FIGURES), `${JSON.stringify(figures, null, 2)}\n`);
});

/** Waits until all spans of some traces are stored, one trace after the other. Throws if one takes too long. */
async function untilWhole(traces: SentTrace[]): Promise<void> {
  for (const trace of traces) {
    await eventually(async () => {
      const spans = (await storedSpans(queryUrl, [trace])).get(trace.id);
      if (spans !== SPANS_PER_TRACE) await sleep(LOOK_EVERY_MS);
      return spans === SPANS_PER_TRACE;
    }, `trace ${trace.id} (${trace.kind}) is whole`);
  }
}
