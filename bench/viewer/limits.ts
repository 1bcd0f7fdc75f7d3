/** What the figures of the pages are held against. Nothing fails on a limit: it stands beside the figure. */

/** One of the two: times and memory have a most, frames a second have a least. */
export type Limit = { atMost: number } | { atLeast: number };

/** From the start of the navigation until the rows of a trace are stable, in ms, by number of spans. */
export const traceOpenedMs = {
  15: { atMost: 300 },
  1_000: { atMost: 500 },
  10_000: { atMost: 800 },
  50_000: { atMost: 1_600 },
} as const;

/** The heap after garbage collection with a trace of 10,000 spans, in MB. */
export const heapMb: Limit = { atMost: 50 };
/** Opening all levels, finding and opening a span in such a trace: each in ms. */
export const actionMs: Limit = { atMost: 100 };
/** Frames a second while such a trace scrolls. */
export const framesPerSecond: Limit = { atLeast: 50 };
/** The search page and the dependencies page with 10,000 traces held, in ms. */
export const searchMs: Limit = { atMost: 300 };
export const dependenciesMs: Limit = { atMost: 300 };

/** The share of another UI's time in which the pages of a trace open, at every size. */
export const shareOfOther: Limit = { atMost: 0.5 };

/** `≤ 300` or `≥ 50`. */
export function limitText(limit: Limit): string {
  return 'atMost' in limit ? `≤ ${limit.atMost}` : `≥ ${limit.atLeast}`;
}

/** Whether a figure keeps to its limit, in a word. */
export function verdictOn(figure: number, limit: Limit): 'met' | 'missed' {
  const isMet = 'atMost' in limit ? figure <= limit.atMost : figure >= limit.atLeast;
  return isMet ? 'met' : 'missed';
}
