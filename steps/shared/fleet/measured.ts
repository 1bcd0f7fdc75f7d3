import { TDigest } from 'tdigest';

/** What an instance knows about the durations of its requests, in ms. */
export interface Measured {
  /** For each of `bounds`, how many requests took at most that long. The last number counts all requests. */
  buckets: readonly number[];
  /** A summary of all durations: hundreds of centroids, close together where a percentile needs them. */
  digest: TDigest;
}

/** Where the buckets end, in ms. */
export const bounds = [5, 10, 25, 50, 75, 100, 200, 300, 500, 750, 1_000, 2_500, 5_000, Infinity];

/** Measures requests by their durations, in ms. */
export function measure(durations: readonly number[]): Measured {
  const digest = new TDigest();
  digest.push([...durations]);
  digest.compress();
  const buckets = bounds.map((bound) => durations.filter((ms) => ms <= bound).length);
  return { buckets: Object.freeze(buckets), digest }; // because every method gets the same ones
}

/**
 * Estimates a percentile, such as 0.99, from a t-digest: the mean of the centroid to which the request at that rank belongs.
 * (The library's own percentile() draws a line between two centroids, which is wrong where there is a gap in the data.)
 */
export function percentileOfDigest(digest: TDigest, share: number): number {
  const centroids = digest.toArray();
  const rank = share * centroids.reduce((sum, { n }) => sum + n, 0);
  let below = 0;
  return centroids.find(({ n }) => (below += n) >= rank)?.mean ?? NaN;
}

/**
 * Estimates a percentile, such as 0.99, from buckets: within the bucket in which it is, durations are taken to be spread
 * evenly. Prometheus's histogram_quantile does the same.
 */
export function percentileOf(buckets: readonly number[], share: number): number {
  const rank = share * buckets.at(-1)!;
  const index = buckets.findIndex((count) => count >= rank);
  const [from, to] = [bounds[index - 1] ?? 0, bounds[index]!];
  if (to === Infinity) return from;
  const below = buckets[index - 1] ?? 0;
  return from + ((to - from) * (rank - below)) / (buckets[index]! - below);
}
