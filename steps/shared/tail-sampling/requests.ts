/** Sends three kinds of requests to bands-api, and finds out which of their traces the collector keeps. */
import { setTimeout as sleep } from 'node:timers/promises';
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { request } from 'undici';
import { findBackend } from '#workshop/backend/connect';
import type { Kind, Requests } from '#workshop/check/judges/collector';
import { samplesIn } from '#workshop/check/scrapes';
import { main, readCommandLine } from '#workshop/command-line/main';
import { messageOf, UserError } from '#workshop/errors';
import { collector } from '#workshop/parts/collector';
import { describe, lookFor } from '#workshop/parts/look';
import { portFrom } from '#workshop/settings';
import { reportText } from '#shared/ops/client/report-text.ts';

const help = `
npx tsx steps/shared/tail-sampling/requests.ts [--json]

Sends requests to bands-api, most of them fast, some slow, and some that fail. Says how many traces of each kind the
backend has, and how many requests the collector has counted. The services must be running.

  --json   print one JSON object
`;

const LOOK_EVERY_MS = 500;
const PATIENCE_MS = 10_000;

/** How many requests of each kind, and for what. Traces that must be kept come last, so the decision on them does, too. */
const kinds: { kind: Kind; count: number; band: string; title: string }[] = [
  {
    kind: 'fast',
    count: 200,
    band: '3e6b9a0c-6a3f-4b44-9d0e-0d9b2d8f7c11',
    title: 'for a band without reviews',
  },
  {
    kind: 'slow',
    count: 10,
    band: '553be815-76f3-49db-b9d7-caca4b23cc3e',
    title: 'for a band with reviews, which is slow',
  },
  { kind: 'failed', count: 10, band: 'not-a-uuid', title: 'with an invalid id, which is an error' },
];

await main(async () => {
  const { values } = readCommandLine({ help, options: { json: { type: 'boolean' } } });
  const found = await lookFor(collector);
  if (!('address' in found)) throw new UserError(`${describe(collector, found)} npm run services starts it.`);
  const backend = await findBackend();
  if (!backend) throw new UserError('The trace backend is not running: npm run services starts it.');
  const url = `http://localhost:${portFrom('BANDS_API_PORT', 8000)}`;
  const metricsUrl = `${found.address['COLLECTOR_METRICS_URL']}/metrics`;

  // The caller is traced, too: to a client, a response with status 400 is an error.
  const sdk = new NodeSDK({
    serviceName: 'requests.ts',
    traceExporter: new OTLPTraceExporter({ url: found.address['COLLECTOR_URL']! }),
    metricReaders: [],
    logRecordProcessors: [],
  });
  sdk.start();

  const before = await countedAt(metricsUrl);
  const sent: Sent[] = [];
  for (const { kind, count, band } of kinds) {
    for (let number = 0; number < count; number++) sent.push(await send(kind, `${url}/bands/${band}`));
  }
  await sdk.shutdown();
  const isKept = async ({ traceId }: Sent) => (await backend.traces.trace(traceId)) !== undefined;
  const areKept = async (some: Sent[]) => (await Promise.all(some.map(isKept))).every(Boolean);
  await untilTrue(() => areKept(sent.filter(({ kind }) => kind !== 'fast')));
  const counted = async () => (await countedAt(metricsUrl)) - before;
  await untilTrue(async () => (await counted()) >= sent.length);
  await sleep(LOOK_EVERY_MS); // for the last batch

  const requests = await Promise.all(sent.map(async (one) => ({ ...one, kept: await isKept(one) })));
  const result: Requests = { requests, counted: await counted() };
  if (values.json) {
    console.log(JSON.stringify(result));
    return;
  }
  const rows = kinds.map(({ kind, count, title }) => {
    const kept = requests.filter((one) => one.kind === kind && one.kept);
    return [title, String(count), String(kept.length)];
  });
  console.log(reportText({ sentence: 'Requests to bands-api:', columns: ['', 'sent', 'kept'], rows }));
  console.log(`\nThe collector has counted ${result.counted} requests: ${metricsUrl}`);
});

type Sent = Omit<Requests['requests'][number], 'kept'>;

async function send(kind: Kind, url: string): Promise<Sent> {
  const span = trace.getTracer('requests.ts').startSpan('GET', { kind: SpanKind.CLIENT });
  const { traceId } = span.spanContext();
  const headers: Record<string, string> = {};
  propagation.inject(trace.setSpan(context.active(), span), headers);
  const since = performance.now();
  const response = await request(url, { headers }).catch((error) => {
    throw new UserError(`bands-api does not respond (${messageOf(error)}).`);
  });
  await response.body.dump();
  if (response.statusCode >= 400) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
  return { kind, traceId, durationMs: Math.round(performance.now() - since) };
}

/** How many requests to bands-api the collector has counted so far; 0 if it shows no such metric. */
async function countedAt(metricsUrl: string): Promise<number> {
  try {
    const { body } = await request(metricsUrl);
    const counts = samplesIn(await body.text()).filter(
      ({ name, labels }) =>
        name.endsWith('calls_total') &&
        labels['service_name'] === 'bands-api' &&
        labels['span_kind'] === 'SPAN_KIND_SERVER',
    );
    return counts.reduce((sum, { value }) => sum + value, 0);
  } catch {
    return 0; // nothing listens there
  }
}

async function untilTrue(look: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await look()) && performance.now() < deadline) await sleep(LOOK_EVERY_MS);
}
