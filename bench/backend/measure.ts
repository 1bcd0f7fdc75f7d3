import { type ChildProcess, execFile, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type ClientReport, type ClientTask, CLIENTS, type Items, SPANS_PER_BATCH } from './plan.ts';
import { SPANS_PER_TRACE, TRACES_PER_BATCH, traceId } from './plan.ts';

const run = promisify(execFile);
const QUERY_PAUSE_MS = 5;

/** A backend under load. `queryUrl` and `pid` are missing if they are unknown. */
export interface Target {
  /** host:port of OTLP over gRPC. */
  otlp: string;
  queryUrl?: string | undefined;
  pid?: number | undefined;
}

/** What was measured; times in ms, memory in MB of 10^6 bytes. */
export interface Measurement {
  bytesPerSpan: number;
  accepted: number;
  refused: number;
  reasons: Set<string>;
  spansPerSecond: number;
  residentMb: number | undefined;
  queries: number;
  /** Undefined if there were no queries. */
  p50Ms: number | undefined;
  p99Ms: number | undefined;
  /** Responses that lacked the trace or some of its spans, although the batch had been accepted. */
  incomplete: number;
}

/** Sends that many items to a backend as fast as it takes them, and queries those of a trace meanwhile. */
export async function measure(target: Target, spans: number, items: Items = 'spans'): Promise<Measurement> {
  const batches = Math.ceil(spans / SPANS_PER_BATCH / CLIENTS);
  const runId = randomBytes(4).toString('hex');
  const clients = Array.from({ length: CLIENTS }, (_, client) =>
    startClient({ target: target.otlp, run: runId, client, batches, items }),
  );
  const ready = await Promise.all(clients.map(firstReport));

  let accepted = 0;
  let refused = 0;
  const reasons = new Set<string>();
  let newest: { client: number; batch: number } | undefined;
  clients.forEach((process, client) =>
    process.on('message', (message) => {
      const report = message as ClientReport;
      if (report.kind !== 'response') return;
      accepted += report.accepted;
      refused += SPANS_PER_BATCH - report.accepted;
      if (report.reason) reasons.add(report.reason);
      if (report.accepted === SPANS_PER_BATCH) newest = { client, batch: report.batch };
    }),
  );

  const since = performance.now();
  const ended = Promise.all(clients.map((client) => once(client, 'exit')));
  for (const client of clients) client.send('go');
  const over = new AbortController();
  const queries = askMeanwhile(over.signal);
  await ended;
  over.abort();
  const seconds = (performance.now() - since) / 1_000;
  const { latencies, incomplete } = await queries;

  return {
    bytesPerSpan: ready[0]!.bytesPerSpan,
    accepted,
    refused,
    reasons,
    spansPerSecond: accepted / seconds,
    residentMb: target.pid === undefined ? undefined : await residentMb(target.pid),
    queries: latencies.length,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    incomplete,
  };

  async function askMeanwhile(end: AbortSignal) {
    const times: number[] = [];
    let lacking = 0;
    while (!end.aborted && target.queryUrl) {
      await sleep(QUERY_PAUSE_MS);
      if (!newest) continue;
      const id = traceId(runId, newest.client, newest.batch, Math.floor(Math.random() * TRACES_PER_BATCH));
      const asked = performance.now();
      const found = await (items === 'spans' ? spansIn : logRecordsIn)(target.queryUrl, id);
      times.push(performance.now() - asked);
      if (found !== SPANS_PER_TRACE) lacking++;
    }
    return { latencies: times, incomplete: lacking };
  }
}

async function spansIn(queryUrl: string, id: string): Promise<number> {
  const response = await fetch(`${queryUrl}/api/traces/${id}`);
  const { data } = (await response.json()) as { data: { spans: unknown[] }[] | null };
  return data?.[0]?.spans.length ?? 0;
}

async function logRecordsIn(queryUrl: string, id: string): Promise<number> {
  const response = await fetch(`${queryUrl}/api/logs?traceID=${id}`);
  return ((await response.json()) as { data: unknown[] }).data.length;
}

function startClient(task: ClientTask): ChildProcess {
  const file = fileURLToPath(new URL('client.ts', import.meta.url));
  return fork(file, [JSON.stringify(task)], { execArgv: ['--import', 'tsx/esm'] });
}

async function firstReport(client: ChildProcess): Promise<ClientReport & { kind: 'ready' }> {
  const [report] = await Promise.race([
    once(client, 'message'),
    once(client, 'exit').then(() => {
      throw new Error('a client ended before it could send');
    }),
  ]);
  return report;
}

async function residentMb(pid: number): Promise<number> {
  const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(pid)]);
  return (Number(stdout) * 1_024) / 1e6;
}

function percentile(numbers: number[], share: number): number | undefined {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length * share)];
}
