/** Sends three kinds of requests to bands-api, and finds out which of their traces the collector keeps. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
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

Sends requests to bands-api, most of them fast, some slow, and some that the caller gives up on. Says how many traces of
each kind the backend has, and how many requests the collector has counted. The services must be running.

  --json   print one JSON object
`;

const BAND = '553be815-76f3-49db-b9d7-caca4b23cc3e';
const WITHOUT_REVIEWS = '3e6b9a0c-6a3f-4b44-9d0e-0d9b2d8f7c11';
const GIVES_UP_AFTER_MS = 50;
const LOOK_EVERY_MS = 500;
const PATIENCE_MS = 10_000;

/** How many requests of each kind, in words, and in which order: traces that must be kept are the last to be decided on. */
const kinds: [kind: Kind, count: number, title: string][] = [
  ['fast', 200, 'for a band without reviews'],
  ['slow', 10, 'for a band with reviews, which is slow'],
  ['failed', 10, 'that the caller gives up on, which is an error'],
];

await main(async () => {
  const { values } = readCommandLine({ help, options: { json: { type: 'boolean' } } });
  const found = await lookFor(collector);
  if (!('address' in found)) throw new UserError(`${describe(collector, found)} npm run services uses it.`);
  const backend = await findBackend();
  if (!backend) throw new UserError('The trace backend is not running: npm run services starts it.');
  const url = `http://localhost:${portFrom('BANDS_API_PORT', 8000)}`;
  const metricsUrl = `${found.address['COLLECTOR_METRICS_URL']}/metrics`;

  const before = await countedAt(metricsUrl);
  const sent: Sent[] = [];
  for (const [kind, count] of kinds) {
    for (let number = 0; number < count; number++) sent.push(await send(kind, url));
  }
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
  const rows = kinds.map(([kind, count, title]) => {
    const kept = requests.filter((one) => one.kind === kind && one.kept);
    return [title, String(count), String(kept.length)];
  });
  console.log(reportText({ sentence: 'Requests to bands-api:', columns: ['', 'sent', 'kept'], rows }));
  console.log(`\nThe collector has counted ${result.counted} requests: ${metricsUrl}`);
});

type Sent = Omit<Requests['requests'][number], 'kept'>;

async function send(kind: Kind, url: string): Promise<Sent> {
  const traceId = randomBytes(16).toString('hex');
  const traceparent = `00-${traceId}-${randomBytes(8).toString('hex')}-01`;
  const signal = kind === 'failed' ? AbortSignal.timeout(GIVES_UP_AFTER_MS) : null;
  const band = kind === 'fast' ? WITHOUT_REVIEWS : BAND;
  const since = performance.now();
  try {
    const response = await request(`${url}/bands/${band}`, { headers: { traceparent }, signal });
    await response.body.dump();
  } catch (error) {
    if (kind !== 'failed') throw new UserError(`bands-api does not respond (${messageOf(error)}).`);
  }
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
