/** Reads the questions that people write to a tool, such as the command line. Every function throws a UsageError. */
import { UsageError } from '#workshop/errors';
import { parseGoDuration } from '#workshop/trace/go-duration';
import type { AlertsReq, ChangeSamplingReq, ListTracesReq } from '../proto/messages.ts';

/** The options of a question by name: an example, as a person writes it, and what it means. */
export type Options = Record<string, { example: string; help: string }>;

/** What a question for traces can say. */
export const tracesOptions = {
  service: { example: 'service=followers-api', help: 'that have a span of this service' },
  operation: { example: 'operation="GET /followers/:name"', help: 'that have a span of this name' },
  tag: {
    example: 'tag=http.route=/followers/:name',
    help: 'with this tag, among the newest 1,000; can be repeated',
  },
  error: { example: 'error', help: 'with an error, among the newest 1,000' },
  min: { example: 'min=300ms', help: 'with a span that took at least this long' },
  max: { example: 'max=1.5s', help: 'with a span that took at most this long' },
  since: { example: 'since=10m', help: 'that began in the last 10 minutes; in the last hour by default' },
  start: { example: 'start=2026-11-28T12:00:00Z', help: 'that began at this time or later' },
  end: { example: 'end=2026-11-28T12:30:00+01:00', help: 'that began at this time or earlier' },
  limit: { example: 'limit=5', help: 'at most this many; 20 by default' },
} satisfies Options;

/** What a question for alerts can say. */
export const alertsOptions = {
  label: { example: 'label=alertname=SlowRequests', help: 'with this label; can be repeated' },
  state: { example: 'state=firing', help: 'in this state: pending or firing' },
  at: { example: 'at=2026-11-28T12:00:00Z', help: 'that were active at this time' },
} satisfies Options;

const MOST_TRACES = 1_000;
// In ns, larger values than these don't fit into an int64.
const LONGEST_US = 9e15;
const LATEST_MS = 9e12; // in the year 2255

/** Reads a question for traces, such as ['service=followers-api', 'min=300ms', 'error']. */
export function readTracesQuestion(words: readonly string[], nowMs = Date.now()): ListTracesReq {
  const { one, all } = readOptions(words, tracesOptions);
  if (one('since') && one('start'))
    throw new UsageError('since and start both say when the period begins: leave one of them out.');
  return {
    service: one('service'),
    operation: one('operation'),
    tags: [...all('tag'), ...all('error')],
    start: one('since') ? agoNs('since', one('since'), nowMs) : timeNs('start', one('start')),
    end: timeNs('end', one('end')),
    duration_min: durationNs('min', one('min')),
    duration_max: durationNs('max', one('max')),
    search_depth: count('limit', one('limit')),
  };
}

/** Reads a question for alerts, such as ['state=firing', 'label=alertname=SlowRequests']. */
export function readAlertsQuestion(words: readonly string[]): AlertsReq {
  const { one, all } = readOptions(words, alertsOptions);
  return { labels: all('label'), states: all('state'), active_at: timeNs('at', one('at')) };
}

/** Reads how much to sample: ['never'], ['always'], ['0.1'], or ['float', '0.1']. */
export function readSampling(words: readonly string[]): Pick<ChangeSamplingReq, 'type' | 'float_value'> {
  const text = words.join(' ');
  if (text === 'never') return { type: 'NEVER', float_value: 0 };
  if (text === 'always') return { type: 'ALWAYS', float_value: 0 };
  const ratio = Number(/^(?:float )?(\d*\.?\d+)$/.exec(text)?.[1]);
  if (ratio > 0 && ratio <= 1) return { type: 'FLOAT', float_value: ratio };
  throw new UsageError(
    `"${text}" doesn't say how much to sample: say never, always, or a ratio of at most 1, such as 0.1.`,
  );
}

/** Reads words such as name=value. If the example of an option has no value, the option is its name, and so is its value. */
function readOptions<Known extends Options>(words: readonly string[], known: Known) {
  const values = new Map<string, string[]>();
  for (const word of words) {
    const [, name = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(word)!;
    if (!Object.hasOwn(known, name))
      throw new UsageError(`"${name}" is not an option: the options are ${Object.keys(known).join(', ')}.`);
    const { example } = known[name]!;
    if (example === name ? word !== name : value === '')
      throw new UsageError(`"${word}" can't be read: write it like ${example}`);
    values.set(name, [...(values.get(name) ?? []), value || name]);
  }
  const all = (name: keyof Known & string) => values.get(name) ?? [];
  return {
    all,
    /** The only value; empty if there is none. */
    one(name: keyof Known & string) {
      const [value = '', second] = all(name);
      if (second !== undefined) throw new UsageError(`${name} is given twice: leave one of them out.`);
      return value;
    },
  };
}

/** A duration in ns; 0 for no text. */
function durationNs(name: string, text: string): string {
  if (text === '') return '0';
  const us = parseGoDuration(text);
  if (us !== undefined && us >= 1 && us <= LONGEST_US) return String(Math.round(us)) + '000';
  throw new UsageError(`${name} is "${text}", which is not a duration: write 300ms, 1.5s, or 1h30m.`);
}

/** The time this long ago, in ns since 1970. */
function agoNs(name: string, text: string, nowMs: number): string {
  const ns = BigInt(nowMs) * 1_000_000n - BigInt(durationNs(name, text));
  if (ns > 0n) return String(ns);
  throw new UsageError(`${name} is "${text}", which is before 1970.`);
}

/** A time in RFC 3339, with an offset, so that it means the same everywhere; 0 for no text. */
function timeNs(name: string, text: string): string {
  if (text === '') return '0';
  const isComplete = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/.test(text);
  const ms = isComplete ? Date.parse(text) : NaN;
  if (ms > 0 && ms <= LATEST_MS) return `${ms}000000`;
  throw new UsageError(
    `${name} is "${text}", which is not a time: write 2026-11-28T12:00:00Z, or with an offset such as +01:00.`,
  );
}

/** A number of traces; 0 for no text. */
function count(name: string, text: string): number {
  if (text === '') return 0;
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= MOST_TRACES) return number;
  throw new UsageError(`${name} is "${text}", but must be a whole number from 1 to ${MOST_TRACES}.`);
}
