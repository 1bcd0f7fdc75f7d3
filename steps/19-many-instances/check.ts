import type { Lesson } from '#workshop/check/lesson';
import { isWithinBucket, isWithinRank } from '#workshop/check/judges/percentiles';
import { SHARES } from '#shared/fleet/compare.ts';
import { bounds } from '#shared/fleet/measured.ts';
import { sampleInstances } from '#shared/fleet/samples.ts';

const durations = sampleInstances()
  .flatMap((instance) => instance.durations)
  .toSorted((a, b) => a - b);
const truth = { durations, shares: SHARES };

export default {
  done: 'percentiles of many instances are right, because counts and centroids can be added',
  programs: { 'compare.ts': { file: 'compare.ts' } },
  expectations: [
    {
      expect: 'summedBuckets gives each percentile of all instances to within one bucket',
      judge: isWithinBucket('summedBuckets', truth, bounds),
    },
    {
      expect: 'mergedDigests gives each percentile of all instances, and misses its rank by at most 2 %',
      judge: isWithinRank('mergedDigests', truth, (share) => Math.max(0.002, 0.08 * share * (1 - share))),
    },
  ],
} satisfies Lesson;
