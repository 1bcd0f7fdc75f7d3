/** Changes what share of its traces followers-api samples, and finds out what becomes of requests that begin a trace there. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import type { Measurement } from '#workshop/check/judges/sampling';
import { HISTOGRAM, samplesIn } from '#workshop/check/scrapes';
import { main, readCommandLine, wholeNumber } from '#workshop/command-line/main';
import { UsageError, UserError } from '#workshop/errors';
import { OpsClient } from '#shared/ops/client/ops-client.ts';
import { readSampling } from '#shared/ops/client/questions.ts';
import { reportText } from '#shared/ops/client/report-text.ts';
import { send, sendAll } from './send.ts';

const help = `
npx tsx steps/shared/sampling/measure.ts [never|always|RATIO …] [--requests N] [--path PATH] [--json]

Changes what share of its traces followers-api samples, to never, 0.1, and always by default, and sends requests without
a traceparent to its instances each time. Says how many of them are counted, how many have a trace, and how many of the
failed ones have a trace. The services must be running.

  --requests N   send N requests each time, at most 1000 (300)
  --path PATH    request PATH instead of the followers of several users
  --json         print one JSON object each time, and don't wait for the traces
`;

const SERVICE = 'followers-api';
const USERS = ['ada', 'alan', 'barbara', 'edsger', 'grace', 'hedy', 'jean', 'margaret', 'radia'];
const LOOK_EVERY_MS = 1_000; // services send their spans in batches
const MOST_TRACES = 1_000;
const MOST_TRIES = 5;

const ops = new OpsClient();

await main(async () => {
  const { values, positionals } = readCommandLine({
    help,
    options: {
      requests: { type: 'string', default: '300' },
      path: { type: 'string' },
      json: { type: 'boolean' },
    },
    positionals: Infinity,
  });
  const words = positionals.length > 0 ? positionals : ['never', '0.1', 'always'];
  const paths = values.path === undefined ? USERS.map((user) => `/followers/${user}`) : [values.path];
  const count = wholeNumber('--requests', values.requests);
  if (count > MOST_TRACES)
    throw new UsageError(`--requests is ${count}, but ops lists ${MOST_TRACES} traces at most.`);

  const rows = [];
  for (const word of words) {
    const startMs = Date.now();
    const measurement = await measure(word, paths, count);
    if (values.json) console.log(JSON.stringify(measurement));
    if (measurement.instances.some(({ confirmed }) => !confirmed))
      throw new UserError(`Some instances of ${SERVICE} have not confirmed the change to ${word}.`);
    if (!values.json) rows.push([word, ...(await numbersOf(measurement, startMs)).map(String)]);
  }
  if (values.json) return;
  const columns = ['sampling', 'requests', 'counted', 'traces', 'failed', 'of these, with a trace'];
  console.log(reportText({ sentence: `Requests to ${SERVICE} without a traceparent:`, columns, rows }));
}).finally(() => ops.close());

async function measure(word: string, paths: string[], count: number): Promise<Measurement> {
  const { ratio, confirmed, names, before } = await change(word);
  const requests = await sendAll(names, paths, count);
  const after = await Promise.all(names.map(read));
  const [sampled, notSampled] = [await decided(names, '01'), await decided(names, '00')];

  const instances = after.map(({ shown }, index) => {
    const name = names[index]!;
    return { name, confirmed: confirmed.includes(name), ...(shown !== undefined && { shown }) };
  });
  const counted = sum(after.map((each) => each.counted)) - sum(before.map((each) => each.counted));
  return { ratio, instances, requests, counted, callers: { sampled, notSampled } };
}

/** Changes the sampling, again if instances have not confirmed it because the machine is busy. */
async function change(word: string) {
  const asked = { service: SERVICE, requested_by: 'measure.ts', ...readSampling([word]) };
  for (let tries = 1; ; tries++) {
    const { ratio, confirmed, unconfirmed } = await ops.changeSampling(asked);
    const names = [...confirmed, ...unconfirmed];
    const before = await Promise.all(names.map(read));
    const isHopeless = before.some(({ shown }) => shown === undefined);
    if (unconfirmed.length === 0 || isHopeless || tries === MOST_TRIES)
      return { ratio, confirmed, names, before };
  }
}

/** The id of the trace of a request whose caller has decided whether to sample it. */
async function decided(names: string[], flags: '00' | '01'): Promise<string> {
  const traceId = randomBytes(16).toString('hex');
  const traceparent = `00-${traceId}-${randomBytes(8).toString('hex')}-${flags}`;
  await send(names, '/followers/ADA', { traceparent }); // an invalid name, which is enough for a trace
  return traceId;
}

/** What an instance shows at /metrics: how many requests it has counted, and what share it samples. */
async function read(name: string) {
  const { body } = await request(`http://${name}/metrics`);
  const samples = samplesIn(await body.text());
  const counts = samples.filter((sample) => sample.name === `${HISTOGRAM}_count`);
  const shown = samples.find((sample) => sample.name === 'sampling_ratio')?.value;
  return { counted: sum(counts.map(({ value }) => value)), shown };
}

/** The numbers of a row. */
async function numbersOf({ requests, counted }: Measurement, startMs: number): Promise<number[]> {
  const arrived = await allArrived(startMs);
  const withTrace = requests.filter(({ traceId }) => arrived.has(traceId));
  const failed = requests.filter(hasFailed);
  return [requests.length, counted, withTrace.length, failed.length, withTrace.filter(hasFailed).length];
}

function hasFailed({ status }: { status: number }): boolean {
  return status >= 500;
}

/** The ids of the traces since then, as soon as no more arrive. */
async function allArrived(startMs: number): Promise<Set<string>> {
  const since = String(BigInt(startMs) * 1_000_000n);
  for (let before = -1; ;) {
    await sleep(LOOK_EVERY_MS);
    const { traces } = await ops.listTraces({ service: SERVICE, start: since, search_depth: MOST_TRACES });
    if (traces.length === before) return new Set(traces.map(({ id }) => id));
    before = traces.length;
  }
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
