/**
 * npm run bench -- backend: how many spans a trace backend receives, and how quickly it responds to queries meanwhile.
 *
 * The backend and each client are separate processes on the same machine. The clients encode everything beforehand.
 */
import { availableParallelism, cpus } from 'node:os';
import { readCommandLine, wholeNumber } from '#workshop/command-line/main';
import { findBackend } from '#workshop/backend/connect';
import { portOwner } from '#workshop/net/port-owner';
import { otlpGrpcUrl } from '#workshop/settings';
import { type Measurement, measure, type Target } from './backend/measure.ts';
import { CLIENTS, IN_FLIGHT, SPANS_PER_BATCH, SPANS_PER_TRACE } from './backend/plan.ts';
import { startBackendProcess } from './support/backend-process.ts';

const help = `
npm run bench -- backend [--spans N] [--logs] [--against HOST:PORT [--against-query URL]]

Sends spans to the embedded backend over OTLP/gRPC: batches of ${SPANS_PER_BATCH} in traces of ${SPANS_PER_TRACE}, ${CLIENTS} clients, ${IN_FLIGHT} in flight each.
If a Jaeger runs at the usual ports (or at OTEL_EXPORTER_OTLP_ENDPOINT and JAEGER_URL), it is measured too.

  --spans N              how many spans (500000)
  --logs                 then send as many log records to the embedded backend, which keeps its spans
  --against HOST:PORT    measure another backend's OTLP/gRPC too, and show the ratios
  --against-query URL    where that backend serves Jaeger's query API
`;

const { values } = readCommandLine({
  help,
  options: {
    spans: { type: 'string' },
    logs: { type: 'boolean' },
    against: { type: 'string' },
    'against-query': { type: 'string' },
  },
});
const spans = wholeNumber('--spans', values.spans ?? '500000');

const backend = await startBackendProcess();
let ours: Measurement;
let logs: Measurement | undefined;
try {
  const otlp = new URL(backend.env['OTEL_EXPORTER_OTLP_ENDPOINT']!).host;
  const embedded = { otlp, queryUrl: backend.queryUrl, pid: backend.pid };
  ours = await measure(embedded, spans);
  if (values.logs) logs = await measure(embedded, spans, 'log records');
} finally {
  await backend.stop();
}
const target = await otherTarget();
const other = target && (await measure(target, spans));

console.log(`Node ${process.version}, ${availableParallelism()} cores (${cpus()[0]?.model.trim()}),`);
console.log(`${spans} spans of ${ours.bytesPerSpan.toFixed(0)} bytes\n`);
console.log(`${''.padEnd(24)}${'embedded'.padStart(10)}${other ? `${'other'.padStart(10)}     ratio` : ''}`);
row('accepted spans/s', ({ spansPerSecond }) => spansPerSecond);
row('refused spans', ({ refused }) => refused);
row('resident at the end, MB', ({ residentMb }) => residentMb);
row('trace query p50, ms', ({ p50Ms }) => p50Ms, 1);
row('trace query p99, ms', ({ p99Ms }) => p99Ms, 1);
row('trace queries', ({ queries }) => queries);
row('  of them incomplete', ({ incomplete }) => incomplete);
if (logs) {
  const logRow = (label: string, number: number | undefined, digits = 0) =>
    console.log(label.padEnd(24) + (number?.toFixed(digits) ?? '?').padStart(10));
  console.log(`\nThen as many log records of ${logs.bytesPerSpan.toFixed(0)} bytes\n`);
  logRow('accepted records/s', logs.spansPerSecond);
  logRow('refused records', logs.refused);
  logRow('resident at the end, MB', logs.residentMb);
  logRow('log query p50, ms', logs.p50Ms, 1);
  logRow('log query p99, ms', logs.p99Ms, 1);
  logRow('log queries', logs.queries);
  logRow('  of them incomplete', logs.incomplete);
}
for (const reason of new Set([...ours.reasons, ...(logs?.reasons ?? []), ...(other?.reasons ?? [])]))
  console.log(`refused: ${reason}`);

function row(label: string, value: (measured: Measurement) => number | undefined, digits = 0): void {
  const numbers = [ours, ...(other ? [other] : [])].map(value);
  const [mine, theirs] = numbers;
  const cells = numbers.map((number) => (number === undefined ? '?' : number.toFixed(digits)).padStart(10));
  const ratio = mine !== undefined && theirs ? (mine / theirs).toFixed(2).padStart(10) : '';
  console.log(label.padEnd(24) + cells.join('') + ratio);
}

/** The backend named on the command line, or the Jaeger that runs; undefined if there is neither. */
async function otherTarget(): Promise<Target | undefined> {
  const running = await findBackend().catch(() => undefined); // half a backend, or another program: nothing to measure
  const jaeger = running?.kind === 'jaeger' ? running : undefined;
  const otlp = values.against ?? (jaeger && otlpGrpcUrl().host);
  if (otlp === undefined) return undefined;
  const owner = await portOwner(Number(otlp.split(':').at(-1)));
  const pid = /process (\d+)/.exec(owner ?? '')?.[1];
  const queryUrl = values['against-query'] ?? (values.against ? undefined : jaeger?.url);
  return { otlp, queryUrl, pid: pid === undefined ? undefined : Number(pid) };
}
