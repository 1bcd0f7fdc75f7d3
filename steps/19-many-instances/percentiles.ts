import { TDigest } from 'tdigest';
import { type Measured, percentileOf, percentileOfDigest } from '#shared/fleet/measured.ts';

/** The obvious way, which is wrong: an instance with few requests counts as much as one with many. */
export function average(instances: Measured[], share: number) {
  const each = instances.map(({ buckets }) => percentileOf(buckets, share));
  return each.reduce((sum, ms) => sum + ms, 0) / instances.length;
}

/** Counts can be added, so this is accurate to within one bucket. */
export function summedBuckets(instances: Measured[], share: number) {
  const [first, ...others] = instances.map(({ buckets }) => buckets);
  const sums = first!.map((count, index) => others.reduce((sum, buckets) => sum + buckets[index]!, count));
  return percentileOf(sums, share);
}

/** Centroids can be merged, so this is accurate to within two percent of the requests. */
export function mergedDigests(instances: Measured[], share: number) {
  const all = new TDigest();
  for (const { digest } of instances) all.push_centroid(digest.toArray());
  all.compress();
  return percentileOfDigest(all, share);
}
