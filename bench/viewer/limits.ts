/** Limits for the figures of the pages. They are printed next to the figures; a missed limit isn't an error. */

/** An upper limit for times and memory, or a lower limit for frames per second. */
export type Limit = { atMost: number } | { atLeast: number };

/** From the start of the navigation until the rows of a trace are stable, by number of spans. ms. */
export const traceOpenedMs = {
  15: { atMost: 300 },
  1_000: { atMost: 500 },
  10_000: { atMost: 800 },
  50_000: { atMost: 1_600 },
} as const;

/** With two log lines per span, opening a trace may take this many times as long as without. */
export const withLogsFactor = 4 / 3;

/** The heap after garbage collection with a trace of 10,000 spans, in MB. */
export const heapMb: Limit = { atMost: 50 };
/** Expanding all levels, finding spans, or opening a span in such a trace. ms. */
export const actionMs: Limit = { atMost: 100 };
/** Frames per second while scrolling such a trace. */
export const framesPerSecond: Limit = { atLeast: 50 };
/** Opening the search page or the service graph with 10,000 traces stored. ms. */
export const searchMs: Limit = { atMost: 300 };
export const serviceGraphMs: Limit = { atMost: 300 };

/** The time to open a trace relative to another backend's, at every size. */
export const shareOfOther: Limit = { atMost: 0.25 };

/** `≤ 300` or `≥ 50`. */
export function limitText(limit: Limit): string {
  return 'atMost' in limit ? `≤ ${Math.round(limit.atMost * 100) / 100}` : `≥ ${limit.atLeast}`;
}

/** Whether a figure meets its limit, in a word. */
export function verdictOn(figure: number, limit: Limit): 'met' | 'missed' {
  const isMet = 'atMost' in limit ? figure <= limit.atMost : figure >= limit.atLeast;
  return isMet ? 'met' : 'missed';
}
