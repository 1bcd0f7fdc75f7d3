/** Imported by a load.ts: how many requests per second can the instances of a service handle? */
import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { interruption } from '../command-line/interruption.ts';
import { main, readCommandLine, wholeNumber } from '../command-line/main.ts';
import { Prometheus } from '../backend/indicators/prometheus.ts';
import { UserError } from '../errors.ts';
import type { UsedServices } from '../services/use.ts';
import type { Promised } from './indicators.ts';
import { type Level, levelText, levelTitles, verdictText } from './ramp-text.ts';
import { sendAtRate } from './send-at-rate.ts';
import { useAll } from './use-all.ts';

/** The service to which load is sent. */
export interface Loaded {
  service: string;
  /** What is asked for, in turn. */
  paths: string[];
  promise: Promised;
}

const help = `
npx tsx load.ts [--to N] [--expect N]

Sends more and more requests per second to all instances of a service, until it breaks its promise. Starts what isn't
running yet. All processes share this computer, so the result depends on the computer, too.

  --to N       send at most N requests per second (1000), or as many as are expected
  --expect N   also say whether N requests per second fit, such as those of tomorrow's launch
`;

const FIRST = 20;
const GROWTH = 1.3;
const SECONDS = 2;

/**
 * Ramps up the load and prints a line for each level, then the capacity and, with --expect, the headroom. Sets the exit
 * code: 0; 1 if something could not be started, the first level breaks the promise, or the expected load doesn't fit.
 */
export function rampUp(folder: string, loaded: Loaded): Promise<void> {
  return context.with(suppressTracing(ROOT_CONTEXT), () =>
    main(async () => {
      const { values } = readCommandLine({
        help,
        options: { to: { type: 'string', default: '1000' }, expect: { type: 'string' } },
      });
      const to = wholeNumber('--to', values.to);
      const expected = values.expect === undefined ? undefined : wholeNumber('--expect', values.expect);
      const { services, backend } = await useAll(folder);
      try {
        return await interruption.orDone(climb(services, loaded, { to, expected }));
      } finally {
        await Promise.all([services.stop(), backend.close()]);
      }
    }),
  );
}

async function climb(
  services: UsedServices,
  { service, paths, promise }: Loaded,
  { to, expected = 0 }: { to: number; expected: number | undefined },
): Promise<number> {
  const urls = services.instances[service] ?? [];
  if (urls.length === 0)
    throw new UserError(`The working copy has no ${service}: npm run step 19 puts it there.`);
  const { signal } = interruption;
  const prometheus = new Prometheus(services.env['PROMETHEUS_URL']!);
  const measure = async (perSecond: number): Promise<Level> => {
    const sent = await sendAtRate(urls, paths, { perSecond, seconds: SECONDS, signal });
    return { ...summaryOf(perSecond, sent, promise), busiest: await busiestOf(prometheus, service) };
  };
  const keeps = ({ fast, available }: Level) => fast >= promise.fast.share && available >= promise.available;

  const rates = ratesUpTo(Math.max(to, expected), expected);
  await measure(rates[0]!); // opens connections, and compiles code
  console.log(levelTitles(promise));
  let kept: Level | undefined;
  for (const perSecond of rates) {
    let level = await measure(perSecond);
    if (!keeps(level)) level = await measure(perSecond); // once more: it may have been a busy moment of the computer
    console.log(levelText(level, promise));
    if (!keeps(level)) {
      console.log(`\n${verdictText(kept, false, expected)}`);
      return kept && kept.perSecond >= expected ? 0 : 1;
    }
    kept = level;
  }
  console.log(`\n${verdictText(kept, true, expected)}`);
  return 0;
}

/** The levels of load: each is about a third more than the one before, and the expected load is one of them. */
function ratesUpTo(to: number, expected: number): number[] {
  const rates = [to, ...(expected ? [expected] : [])];
  for (let rate = FIRST; rate < to; rate *= GROWTH) rates.push(Math.round(rate));
  return [...new Set(rates)].toSorted((a, b) => a - b);
}

function summaryOf(
  perSecond: number,
  { durations, failed }: Awaited<ReturnType<typeof sendAtRate>>,
  promise: Promised,
) {
  const sorted = durations.toSorted((a, b) => a - b);
  const limitMs = promise.fast.withinSeconds * 1_000;
  return {
    perSecond,
    available: 1 - failed / sorted.length,
    fast: sorted.filter((ms) => ms <= limitMs).length / sorted.length,
    p95Ms: sorted[Math.ceil(0.95 * sorted.length) - 1]!,
  };
}

/** The largest event-loop utilization of the instances during the last level, from 0 to 1. */
async function busiestOf(prometheus: Prometheus, service: string): Promise<number> {
  const [found] = await prometheus.now(
    `max(max_over_time(nodejs_eventloop_utilization{job="${service}"}[${SECONDS}s]))`,
  );
  return found?.value ?? 0;
}
