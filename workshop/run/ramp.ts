/** Imported by a load.ts: how many requests per second can the instances of a service handle? */
import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { interruption } from '../command-line/interruption.ts';
import { main, readCommandLine, wholeNumber } from '../command-line/main.ts';
import { UserError } from '../errors.ts';
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
running yet. All processes share this computer, so the number is about this computer, too.

  --to N       send at most N requests per second (1000)
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
        return await interruption.orDone(
          climb(services.instances[loaded.service] ?? [], loaded, { to, expected }),
        );
      } finally {
        await Promise.all([services.stop(), backend.close()]);
      }
    }),
  );
}

async function climb(
  urls: string[],
  { service, paths, promise }: Loaded,
  { to, expected }: { to: number; expected: number | undefined },
): Promise<number> {
  if (urls.length === 0) throw new UserError(`There is no ${service} here: npm run step 19 puts it there.`);
  const { signal } = interruption;
  await sendAtRate(urls, paths, { perSecond: FIRST, seconds: 1, signal }); // opens connections, compiles code

  console.log(levelTitles(promise));
  let kept: Level | undefined;
  for (let perSecond = FIRST; ; perSecond = Math.min(to, Math.round(perSecond * GROWTH))) {
    const sent = await sendAtRate(urls, paths, { perSecond, seconds: SECONDS, signal });
    const level = { ...summaryOf(perSecond, sent, promise), busiest: await busiestOf(urls) };
    console.log(levelText(level, promise));
    const isKept = level.fast >= promise.fast.share && level.available >= promise.available;
    if (isKept) kept = level;
    if (!isKept || perSecond >= to) {
      console.log(`\n${verdictText(kept, isKept, expected)}`);
      return kept && (expected === undefined || expected <= kept.perSecond) ? 0 : 1;
    }
  }
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

/** The largest event-loop utilization of the instances, from 0 to 1, as they expose it at /metrics; 0 if none does. */
async function busiestOf(urls: string[]): Promise<number> {
  const utilizations = await Promise.all(
    urls.map(async (url) => {
      const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5_000) }).catch(
        () => undefined,
      );
      const [, value] = /^nodejs_eventloop_utilization (\S+)$/m.exec((await response?.text()) ?? '') ?? [];
      return Number(value ?? 0);
    }),
  );
  return Math.max(...utilizations);
}
