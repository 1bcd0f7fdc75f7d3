/**
 * npm run bench -- indicators: the cost of measuring followers-api, by hand or from spans, sampled or not.
 *
 * All variants run all the time and take turns of a second or so, so that what else happens on the machine affects all of
 * them. social-api is untraced and responds at once; PostgreSQL is real. All processes, including the load generator, share
 * the machine. The services' logs are discarded.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';
import { readCommandLine, wholeNumber } from '#workshop/command-line/main';
import { freePort } from '#workshop/net/ports';
import { postgresql } from '#workshop/parts/postgresql';
import { usePart } from '#workshop/parts/use';
import { copyProject, removeCopy } from '#tools/project-copy';
import type { IndicatorsResult, Rate } from './indicators/result.ts';
import { createVariants, type Variant } from './indicators/variants.ts';
import { type BackendProcess, startBackendProcess } from './support/backend-process.ts';
import { median } from './support/median.ts';
import { startQuietly, stopQuietly } from './support/service.ts';

const help = `
npm run bench -- indicators [--seconds N] [--rounds N] [--save FILE]

Measures requests per second of followers-api untraced, counted by hand (step 16), and with indicators from spans
(step 17), of which all, 10 %, or 10 % without createAlwaysRecordSampler are sampled. Requests for a list reach social-api and
PostgreSQL; requests with an invalid name reach only followers-api, so that they show the difference best.

  --seconds N   length of each measurement (1)
  --rounds N    rounds, of which the median is shown (11)
  --save FILE   also write the figures as JSON; step 17 shows those in bench/results/indicators.json
`;

const CONNECTIONS = 10;
const WARM_UP_SECONDS = 3;
const QUIET_MS = 300; // longer than spans wait for a batch
const USERS = ['ada', 'alan', 'barbara', 'edsger', 'grace', 'hedy', 'jean', 'margaret', 'radia'];

/** The two kinds of requests, with the status that each must get. */
const kinds = {
  list: { paths: USERS.map((user) => `/followers/${user}`), status: '2xx' },
  invalid: { paths: ['/followers/INVALID'], status: '4xx' },
} as const;
type Kind = keyof typeof kinds;
const KINDS: Kind[] = ['list', 'invalid'];

const { values } = readCommandLine({
  help,
  options: { seconds: { type: 'string' }, rounds: { type: 'string' }, save: { type: 'string' } },
});
const seconds = wholeNumber('--seconds', values.seconds ?? '1');
const rounds = wholeNumber('--rounds', values.rounds ?? '11');

const load = loadavg()[0]!; // of the last minute, before the measurement
const closers: (() => Promise<void>)[] = [];
try {
  const copy = await copyProject();
  closers.push(() => removeCopy(copy));
  const database = await usePart(postgresql);
  closers.push(() => database.stop());
  const backend = await startBackendProcess();
  closers.push(() => backend.stop());
  const variants = await createVariants(copy);
  const urls = await startAll(variants, { ...backend.env, ...database.env }, copy);

  const rates = variants.map(() => ({ list: [] as number[], invalid: [] as number[] }));
  for (const url of urls) for (const kind of KINDS) await measure(url, kind, WARM_UP_SECONDS);
  for (let round = 1; round <= rounds; round++) {
    for (const [index, url] of urls.entries()) {
      for (const kind of KINDS) {
        await untilQuiet(backend);
        rates[index]![kind].push(await measure(url, kind, seconds));
      }
    }
    console.error(`finished round ${round} of ${rounds}`);
  }

  // Ratios within each round, because the speed of the machine changes from minute to minute.
  const rateOf = (index: number, kind: Kind): Rate => ({
    perSecond: Math.round(median(rates[index]![kind])),
    ratio: median(rates[index]![kind].map((rate, round) => rate / rates[0]![kind][round]!)),
  });
  const measured = variants.map(({ name }, index) => ({
    name,
    list: rateOf(index, 'list'),
    invalid: rateOf(index, 'invalid'),
  }));
  const cpu = cpus()[0]?.model.trim() ?? 'unknown';
  console.log(
    `Node ${process.version}, ${availableParallelism()} cores (${cpu}), load ${load.toFixed(1)} before,`,
  );
  console.log(`${CONNECTIONS} connections, median of ${rounds} × ${seconds} s\n`);
  const width = Math.max(...variants.map(({ name }) => name.length));
  console.log(`${''.padEnd(width)} a list: req/s   ratio   an invalid name: req/s   ratio`);
  for (const { name, list, invalid } of measured) {
    const row = [
      name.padEnd(width),
      String(list.perSecond).padStart(14),
      list.ratio.toFixed(2).padStart(7),
      String(invalid.perSecond).padStart(24),
      invalid.ratio.toFixed(2).padStart(7),
    ];
    console.log(row.join(' '));
  }

  if (values.save) {
    const machine = { node: process.version, cores: availableParallelism(), cpu, load };
    const result: IndicatorsResult = {
      ...machine,
      connections: CONNECTIONS,
      seconds,
      rounds,
      variants: measured,
    };
    await mkdir(dirname(values.save), { recursive: true });
    await writeFile(values.save, `${JSON.stringify(result, null, 2)}\n`);
  }
} finally {
  for (const close of closers.toReversed()) await close();
}

/** Starts social-api and followers-api in all variants; returns the URLs of the latter. */
async function startAll(variants: Variant[], env: Record<string, string>, copy: string): Promise<string[]> {
  const start = async (folder: string, tracing: string | undefined, variables: Record<string, string>) => {
    const port = await freePort();
    const child = await startQuietly(folder, tracing, { ...env, ...variables, PORT: String(port) });
    closers.push(() => stopQuietly(child));
    return `http://localhost:${port}`;
  };
  const social = await start(join(copy, 'steps/shared/social-api'), undefined, {});
  await fetch(`${social}/weather`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ delayMs: 0, jitterMs: 0 }),
  });
  const urls: string[] = [];
  for (const { folder, tracing, env: own } of variants) {
    urls.push(await start(folder, tracing, { ...own, SOCIAL_API_URL: social }));
  }
  return urls;
}

/** Requests per second of one kind. */
async function measure(url: string, kind: Kind, duration: number): Promise<number> {
  const { paths, status } = kinds[kind];
  const requests = paths.map((path) => ({ path }));
  const result = await autocannon({ url, connections: CONNECTIONS, duration, requests });
  if (result[status] === 0 || result[status] < result['2xx'] + result.non2xx + result.errors) {
    throw new Error(`Not every response had status ${status}, so the measurement is invalid.`);
  }
  return result[status] / result.duration;
}

/** Waits until the spans of the last measurement have arrived, which would slow down the next one. */
async function untilQuiet(backend: BackendProcess): Promise<void> {
  let before: number;
  let now = await backend.accepted();
  do {
    before = now;
    await sleep(QUIET_MS);
    now = await backend.accepted();
  } while (now !== before);
}
