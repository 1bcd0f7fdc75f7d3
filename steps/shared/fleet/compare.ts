import { isChecked } from '#workshop/settings';
import { measure, type Measured, percentileOf } from './measured.ts';
import { sampleInstances } from './samples.ts';

/** A way to compute a percentile, such as 0.99, of the requests of all instances. Gives ms. */
export type Method = (instances: Measured[], share: number) => number;

/** The percentiles that are compared. */
export const SHARES = [0.5, 0.95, 0.99, 0.999];

/**
 * Prints the percentiles of three instances: of each alone, of all together exactly, and by some methods. Next to the
 * value of a method is the percentile that it really is, which only someone who has all durations in one place knows.
 */
export function compare(methods: Record<string, Method>): void {
  const samples = sampleInstances();
  const instances = samples.map(({ durations }) => measure(durations));
  const all = samples.flatMap(({ durations }) => durations).toSorted((a, b) => a - b);
  if (isChecked) {
    console.log(JSON.stringify(resultsOf(methods, instances)));
    return;
  }

  const row = (name: string, cells: string[]) =>
    console.log(name.padEnd(24) + cells.map((cell) => cell.padStart(20)).join(''));
  row('', SHARES.map(nameOf));
  for (const [index, { name }] of samples.entries())
    row(
      name,
      SHARES.map((share) => ms(percentileOf(instances[index]!.buckets, share))),
    );
  row(
    'all, exactly',
    SHARES.map((share) => ms(exact(all, share))),
  );
  for (const [name, method] of Object.entries(methods)) {
    row(
      name,
      SHARES.map((share) => {
        const value: unknown = method(instances, share);
        return isNumber(value) ? `${ms(value)} (${nameOf(rankOf(all, value))})` : textOf(value);
      }),
    );
  }
}

/** The values of each method, in ms; as text, if a method returns something else. */
export function resultsOf(methods: Record<string, Method>, instances: Measured[]) {
  const results = (method: Method) =>
    SHARES.map((share): unknown => method(instances, share)).map((value) =>
      isNumber(value) ? value : textOf(value),
    );
  return Object.fromEntries(Object.entries(methods).map(([name, method]) => [name, results(method)]));
}

function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

function textOf(value: unknown): string {
  return String(value).slice(0, 18); // as much as fits into a column
}

/** The smallest of the sorted durations that is not exceeded by this share of them. */
function exact(sorted: number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}

/** The share of the sorted durations that don't exceed a value. */
function rankOf(sorted: number[], value: number): number {
  const above = sorted.findIndex((duration) => duration > value);
  return (above < 0 ? sorted.length : above) / sorted.length;
}

function nameOf(share: number): string {
  return `p${Number((share * 100).toFixed(1))}`;
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`;
}
