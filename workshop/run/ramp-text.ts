import type { Promised } from './indicators.ts';

/** What was seen at one level of load. Shares are numbers from 0 to 1. */
export interface Level {
  perSecond: number;
  available: number;
  /** The share of the requests that were as fast as promised. */
  fast: number;
  /** Infinity if more than 5 % of the requests failed. */
  p95Ms: number;
  /** The largest event-loop utilization of the instances. */
  busiest: number;
}

const BAR = 30;
const WIDTHS = [10, 9, 13, 8];

/** The line above the levels. */
export function levelTitles({ fast }: Promised): string {
  const limit = `${fast.withinSeconds * 1_000} ms`;
  return line(
    ['requests/s', 'available', `within ${limit}`, 'p95'],
    `0${limit.padStart(BAR - 1)}`,
    'busiest',
  );
}

/** A level as a line of text, with a bar for its 95th percentile; ✗ marks what breaks the promise. */
export function levelText({ perSecond, available, fast, p95Ms, busiest }: Level, promise: Promised): string {
  const percent = (share: number, promised: number) =>
    `${(share * 100).toFixed(1)} %${share < promised ? ' ✗' : '  '}`;
  const p95 = Number.isFinite(p95Ms) ? `${Math.round(p95Ms)} ms` : '–';
  const length = Math.min(1, p95Ms / (promise.fast.withinSeconds * 1_000)) * BAR;
  const cells = [
    String(perSecond),
    percent(available, promise.available),
    percent(fast, promise.fast.share),
    p95,
  ];
  return line(cells, '█'.repeat(Math.max(1, Math.round(length))), `${Math.round(busiest * 100)} %`);
}

/**
 * What follows from the levels: `kept` is the highest that kept the promise, `isLast` whether no higher one was tried, and
 * `expected` a load that was one of the levels, unless a lower one failed; 0 for none.
 */
export function verdictText(kept: Level | undefined, isLast: boolean, expected = 0): string {
  const perSecond = kept?.perSecond ?? 0;
  const capacity = !kept
    ? 'Even the lowest load breaks the promise.'
    : isLast
      ? `The instances handle at least ${perSecond} requests/s: more were not tried (--to).`
      : `The instances handle about ${perSecond} requests/s. With more, they break the promise.`;
  if (expected === 0) return capacity;
  const headroom = Math.round((1 - expected / perSecond) * 100);
  return expected <= perSecond
    ? `${capacity}\n${expected} requests/s fit, with ${headroom} % of the capacity left.`
    : `${capacity}\n${expected} requests/s are too many.`;
}

function line(cells: string[], bar: string, busiest: string): string {
  const padded = cells.map((cell, index) => cell.padStart(WIDTHS[index]! + 2));
  return `${padded.join('')}   ${bar.padEnd(BAR)}  ${busiest.padStart(7)}`.trimEnd();
}
