/**
 * npm run bench -- overhead: the cost of tracing bands-api, in requests per second on the same machine.
 *
 * Each request is for a band without reviews, so that there is no delay for reading them: bands-api calls reviews-api
 * and responds. The services' logs are discarded. All processes, including the load generator, share the machine.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { readCommandLine, wholeNumber } from '#workshop/command-line/main';
import { median } from './support/median.ts';
import { startBackendProcess } from './support/backend-process.ts';
import { startPair } from './overhead/services.ts';

const help = `
npm run bench -- overhead [--seconds N] [--rounds N] [--save FILE]

Measures requests per second of bands-api untraced, traced, traced with 10 % sampled, and with the parts of tracing
switched on one by one; then how many spans of 10,000 calls arrive.

  --seconds N   length of each measurement (5)
  --rounds N    rounds, of which the median is shown (3)
  --save FILE   also write the figures as JSON; the slides show those in bench/results/overhead.json
`;

const CONNECTIONS = 10;
const WARM_UP_SECONDS = 2;
const COUNTED_CALLS = 10_000;
const BAND_WITHOUT_REVIEWS = '00000000-0000-4000-8000-000000000000';
const PARTS = fileURLToPath(import.meta.resolve('./overhead/parts.ts'));

interface Variant {
  name: string;
  tracing?: string;
  env?: Record<string, string>;
}

const variants: Variant[] = [
  { name: 'untraced' },
  { name: 'traced', tracing: './tracing.ts' },
  {
    name: 'traced, 10 % sampled',
    tracing: './tracing.ts',
    env: { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.1' },
  },
  ...[
    'hook',
    'hook+http',
    'hook+http+undici',
    'hook+http+undici+fastify',
    'hook+http+undici+fastify+export',
    'hook+http+undici+fastify+export+logs',
  ].map((parts) => ({ name: parts, tracing: PARTS, env: { PARTS: parts } })),
];

const { values } = readCommandLine({
  help,
  options: { seconds: { type: 'string' }, rounds: { type: 'string' }, save: { type: 'string' } },
});
const seconds = wholeNumber('--seconds', values.seconds ?? '5');
const rounds = wholeNumber('--rounds', values.rounds ?? '3');

const backend = await startBackendProcess();
try {
  const perSecond = new Map(variants.map(({ name }) => [name, [] as number[]]));
  for (let round = 1; round <= rounds; round++) {
    for (const variant of variants) perSecond.get(variant.name)!.push(await measure(variant));
    console.error(`finished round ${round} of ${rounds}`);
  }

  const cpu = cpus()[0]?.model.trim() ?? 'unknown';
  const measured = [...perSecond].map(([name, rates]) => ({ name, perSecond: median(rates) }));
  console.log(`Node ${process.version}, ${availableParallelism()} cores (${cpu}),`);
  console.log(`${CONNECTIONS} connections, median of ${rounds} × ${seconds} s\n`);
  const untraced = measured[0]!.perSecond;
  console.log(`${'variant'.padEnd(34)} req/s   ratio   µs/request`);
  for (const { name, perSecond: rate } of measured) {
    const row = [name.padEnd(34), rate.toFixed(0).padStart(5), (rate / untraced).toFixed(2).padStart(7)];
    console.log([...row, (1e6 / rate).toFixed(0).padStart(11)].join(' '));
  }

  const sent = COUNTED_CALLS * (await spansOf(1));
  const arrived = await spansOf(COUNTED_CALLS);
  console.log(
    `\n${COUNTED_CALLS} calls at full speed: ${sent} spans sent, ${arrived} arrived, ${sent - arrived} lost`,
  );

  if (values.save) {
    const machine = { node: process.version, cores: availableParallelism(), cpu };
    const setting = { connections: CONNECTIONS, seconds, rounds, calls: COUNTED_CALLS };
    await mkdir(dirname(values.save), { recursive: true });
    const result = { ...machine, ...setting, variants: measured, sent, arrived };
    await writeFile(values.save, `${JSON.stringify(result, null, 2)}\n`);
  }
} finally {
  await backend.stop();
}

async function measure({ tracing, env = {} }: Variant): Promise<number> {
  const pair = await startPair(tracing, { ...backend.env, ...env });
  const url = `${pair.url}/bands/${BAND_WITHOUT_REVIEWS}`;
  await autocannon({ url, connections: CONNECTIONS, duration: WARM_UP_SECONDS });
  const { requests, non2xx } = await autocannon({ url, connections: CONNECTIONS, duration: seconds });
  await pair.stop();
  if (non2xx > 0) throw new Error(`${non2xx} requests failed, so the measurement is invalid.`);
  return requests.average;
}

/** Makes calls at full speed, stops the services, which makes them send their last spans, and counts all spans. */
async function spansOf(calls: number): Promise<number> {
  const before = await backend.accepted();
  const pair = await startPair('./tracing.ts', backend.env);
  await autocannon({
    url: `${pair.url}/bands/${BAND_WITHOUT_REVIEWS}`,
    connections: Math.min(calls, CONNECTIONS),
    amount: calls,
  });
  await pair.stop();
  return (await backend.accepted()) - before;
}
