/**
 * npm run bench -- checkout: the cost of tracing a checkout, from the POST through gRPC and RabbitMQ to the ack.
 *
 * Runs the services of the last step with their own RabbitMQ and trace backend. All processes, including the load
 * generator, share the machine.
 */
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { readCommandLine, wholeNumber } from '#workshop/command-line/main';
import { UserError } from '#workshop/errors';
import { projectFolder } from '#workshop/settings';
import { brokerMissing, launchBroker } from '../test/support/rabbitmq-server.ts';
import { type Checkout, startCheckout } from './checkout/services.ts';
import { startBackendProcess } from './support/backend-process.ts';
import { median } from './support/median.ts';

const help = `
npm run bench -- checkout [--calls N] [--rounds N]

Measures checkouts per second from the first POST to the last ack, untraced and traced, 10 at a time; the time of each
from its POST to its ack, one at a time; and whether all spans arrived.

  --calls N    checkouts in each measurement (3000)
  --rounds N   rounds, of which the median is shown (3)
`;

const CONNECTIONS = 10;
const WARM_UP_CALLS = 500;
const SPANS_OF_A_CALL = 5;
const STEP = join(projectFolder, 'steps/15-parent-or-link');

interface Measured {
  perSecond: number;
  /** From POST to ack, one at a time, in ms. */
  p50: number;
  p99: number;
  spansLost: number;
}

const { values } = readCommandLine({
  help,
  options: { calls: { type: 'string' }, rounds: { type: 'string' } },
});
const calls = wholeNumber('--calls', values.calls ?? '3000');
const rounds = wholeNumber('--rounds', values.rounds ?? '3');
if (brokerMissing) throw new UserError(brokerMissing);

const broker = await launchBroker();
const backend = await startBackendProcess();
try {
  const results = { untraced: [] as Measured[], traced: [] as Measured[] };
  for (let round = 1; round <= rounds; round++) {
    for (const name of ['untraced', 'traced'] as const) results[name].push(await measure(name === 'traced'));
    console.error(`finished round ${round} of ${rounds}`);
  }

  console.log(
    `Node ${process.version}, ${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'}),`,
  );
  console.log(`median of ${rounds} × ${calls} checkouts\n`);
  console.log('           checkouts/s   ratio   p50 POST to ack   p99 POST to ack');
  const middle = (name: keyof typeof results, key: keyof Measured) =>
    median(results[name].map((one) => one[key]));
  // Ratios within each round, because the speed of the machine changes from minute to minute.
  const ratios = results.traced.map(({ perSecond }, round) => perSecond / results.untraced[round]!.perSecond);
  for (const name of ['untraced', 'traced'] as const) {
    const row = [
      name.padEnd(9),
      middle(name, 'perSecond').toFixed(0).padStart(12),
      (name === 'traced' ? median(ratios) : 1).toFixed(2).padStart(7),
      `${middle(name, 'p50').toFixed(1)} ms`.padStart(17),
      `${middle(name, 'p99').toFixed(1)} ms`.padStart(17),
    ];
    console.log(row.join(' '));
  }
  const lost = results.traced.reduce((sum, { spansLost }) => sum + spansLost, 0);
  const sent = (WARM_UP_CALLS + 2 * calls) * SPANS_OF_A_CALL * rounds;
  console.log(`\nspans of the traced checkouts: ${sent} sent, ${lost} lost`);
} finally {
  await backend.stop();
  await broker.close();
}

async function measure(traced: boolean): Promise<Measured> {
  const before = await backend.accepted();
  const checkout = await startCheckout(STEP, traced, { ...broker.env, ...backend.env });
  const { seconds, times } = await load(checkout).catch(async (error) => {
    await checkout.stop();
    throw error;
  });
  const { writes } = await checkout.stop();

  const expected = traced ? (WARM_UP_CALLS + 2 * calls) * SPANS_OF_A_CALL + writes : 0;
  return {
    perSecond: calls / seconds,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    spansLost: expected - ((await backend.accepted()) - before),
  };
}

/** Gives the seconds that all calls took in parallel, and the ms that each took one at a time. */
async function load(checkout: Checkout): Promise<{ seconds: number; times: number[] }> {
  const pool = new Pool(checkout.url, { connections: CONNECTIONS });
  await many(pool, checkout, WARM_UP_CALLS);
  const seconds = await many(pool, checkout, calls);
  const times = await oneByOne(pool, checkout, calls);
  await pool.close();
  return { seconds, times };
}

/** Makes calls on all connections in parallel, and gives the seconds until the last one was acknowledged. */
async function many(pool: Pool, checkout: Checkout, count: number): Promise<number> {
  const since = performance.now();
  const all = checkout.acknowledged(count);
  let left = count;
  const customer = async () => {
    while (left-- > 0) await post(pool);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, customer));
  return ((await all) - since) / 1_000;
}

/** Makes calls one at a time, and gives the ms until each was acknowledged. */
async function oneByOne(pool: Pool, checkout: Checkout, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let call = 0; call < count; call++) {
    const since = performance.now();
    const acknowledged = checkout.acknowledged(1);
    await post(pool);
    times.push((await acknowledged) - since);
  }
  return times;
}

async function post(pool: Pool): Promise<void> {
  const { statusCode, body } = await pool.request({ method: 'POST', path: '/api/checkout' });
  await body.dump();
  if (statusCode !== 202)
    throw new Error(`A checkout got status ${statusCode}, so the measurement is invalid.`);
}

function quantile(times: number[], part: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}
