/** Judges of percentiles that a step computes for many instances: its compare.ts prints those of each method. */
import { jsonPrinted } from '../json-printed.ts';
import type { Failure, Judge } from '../lesson.ts';
import type { Observation } from '../observation.ts';
import { errorOfEnd, shownLines } from '../printed.ts';

const FILE = 'percentiles.ts';
const PROGRAM = 'compare.ts';
const PLACE = /\bpercentiles\.ts:\d+/;

/** Durations of all requests, and which percentiles of them are asked for. */
export interface Truth {
  /** In ascending order, in ms. */
  durations: readonly number[];
  shares: readonly number[];
}

/** A method gives each percentile within the bucket in which it is; `bounds` are the ends of the buckets. */
export function isWithinBucket(
  method: string,
  { durations, shares }: Truth,
  bounds: readonly number[],
): Judge {
  return (seen) => {
    const values = valuesOf(method, seen);
    if ('found' in values) return values;
    for (const [index, share] of shares.entries()) {
      const exact = durations[Math.max(0, Math.ceil(share * durations.length) - 1)]!;
      const bucket = bounds.findIndex((bound) => exact <= bound);
      const [from, to] = [bounds[bucket - 1] ?? 0, bounds[bucket]!];
      const value = values[index]!;
      if (typeof value === 'string') return notANumber(method, share, value, 'percentileOf(sums, share)');
      if (value >= from && value <= to) continue;
      return {
        ...wrong(method, share, value, `the exact value is between ${from} and ${to} ms`),
        cause:
          'Add the counts of all instances, bucket by bucket, and pass the sums to percentileOf. Each count is already a sum over the smaller buckets.',
      };
    }
    return 'ok';
  };
}

/** A method gives values whose rank among all durations differs from the percentile by at most some share of them, which depends on the percentile. */
export function isWithinRank(
  method: string,
  { durations, shares }: Truth,
  toleranceAt: (share: number) => number,
): Judge {
  return (seen) => {
    const values = valuesOf(method, seen);
    if ('found' in values) return values;
    for (const [index, share] of shares.entries()) {
      const value = values[index]!;
      if (typeof value === 'string')
        return notANumber(method, share, value, 'percentileOfDigest(all, share)');
      const below = shareOf(durations, (duration) => duration < value);
      const upTo = shareOf(durations, (duration) => duration <= value);
      const tolerance = toleranceAt(share);
      if (below <= share + tolerance && upTo >= share - tolerance) continue;
      return {
        ...wrong(method, share, value, `that is really p${Number((upTo * 100).toFixed(1))}`),
        cause:
          'Push the centroids of all instances into one new TDigest: push_centroid keeps the number of requests that each one stands for, but push counts each one as a single request.',
      };
    }
    return 'ok';
  };
}

/** What a method returned for each percentile; as text, if it isn't a number. */
function valuesOf(method: string, seen: Observation): (number | string)[] | Failure {
  const printed = jsonPrinted<Record<string, (number | string)[]>>(PROGRAM, seen).at(-1);
  const { stderr } = seen.programs.get(PROGRAM)!;
  const failure = { file: FILE, traces: [], lines: shownLines(stderr) };
  if (!printed) {
    const error = errorOfEnd(stderr, seen.folder);
    return {
      ...failure,
      found: 'npx tsx compare.ts printed no percentiles.',
      cause: error ? `It threw ${error.message}.` : `A function in ${FILE} never ends.`,
      file: stderr.map((line) => PLACE.exec(line)?.[0]).find(Boolean) ?? FILE,
    };
  }
  const values = printed[method];
  if (values) return values;
  const others = Object.keys(printed).join(', ');
  return {
    ...failure,
    found: `percentiles.ts exports ${others}, but no function called ${method}.`,
    cause: `Write the function, and export it under this name: export function ${method}(instances, share).`,
  };
}

function wrong(method: string, share: number, value: number, why: string) {
  const found = `For ${nameOf(share)} of all instances, ${method} gives ${value.toFixed(0)} ms, but ${why}.`;
  return { found, file: FILE, traces: [] };
}

/** A method returned something other than a number: not the result of `call`, or that of a call with a wrong argument. */
function notANumber(method: string, share: number, value: string, call: string): Failure {
  const causes: Record<string, string> = {
    undefined: `There is no return in front of the result: return ${call}.`,
    '[object Promise]':
      'The function is async, so it returns a promise. Remove async: it has nothing to wait for.',
    NaN: `An argument of ${call} is empty, or is not what it should be. The share is a number from 0 to 1, which the function gets.`,
  };
  return {
    found: `For ${nameOf(share)} of all instances, ${method} returns ${value}, which is not a number.`,
    cause: causes[value] ?? `It must return a single number: return ${call}.`,
    file: FILE,
    traces: [],
  };
}

function nameOf(share: number): string {
  return `p${Number((share * 100).toFixed(1))}`;
}

function shareOf(durations: readonly number[], fits: (duration: number) => boolean): number {
  return durations.filter(fits).length / durations.length;
}
