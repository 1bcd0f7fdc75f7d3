import { type Measured, percentileOf } from '#shared/fleet/measured.ts';

/** The obvious way. */
export function average(instances: Measured[], share: number) {
  const each = instances.map(({ buckets }) => percentileOf(buckets, share));
  return each.reduce((sum, ms) => sum + ms, 0) / instances.length;
}
