/** The percentiles of step 19, for three different instances with durations of any distribution. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bounds, measure } from '#shared/fleet/measured.ts';
import { average, mergedDigests, summedBuckets } from '../../steps/19-many-instances/percentiles.ts';

/** A rank may be missed by 2 % of the requests in the middle, and by less toward both ends. */
const tolerance = (p: number) => Math.max(0.002, 0.08 * p * (1 - p));

/** Durations in ms, by the distribution that they follow; `random` is from 0 (inclusive) to 1 (exclusive). */
const distributions: Record<string, (random: () => number) => number> = {
  constant: () => 7,
  uniform: (random) => random() * 400,
  bimodal: (random) => (random() < 0.9 ? 10 + random() : 3_000 + random()),
  'heavy-tailed': (random) => 5 / (1 - random()) ** 2,
  'few values': (random) => Math.floor(random() * 4) * 100,
};

const instance = fc.record({
  distribution: fc.constantFrom(...Object.keys(distributions)),
  scale: fc.double({ min: 0.1, max: 20, noNaN: true }),
  count: fc.integer({ min: 1, max: 3_000 }),
  isSorted: fc.boolean(),
  seed: fc.integer(),
});
const instances = fc.tuple(instance, instance, instance);
const share = fc.double({ min: 0.01, max: 0.999, noNaN: true });

function durationsOf({
  distribution,
  scale,
  count,
  isSorted,
  seed,
}: typeof instance extends fc.Arbitrary<infer T> ? T : never) {
  const random = fc.sample(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
    numRuns: count * 2,
    seed,
  });
  let next = 0;
  const durations = Array.from(
    { length: count },
    () => scale * distributions[distribution]!(() => random[next++ % random.length]!),
  );
  return isSorted ? durations.toSorted((a, b) => a - b) : durations;
}

test('summed buckets are right within one bucket', () => {
  fc.assert(
    fc.property(instances, share, (fleet, p) => {
      const each = fleet.map(durationsOf);
      const all = each.flat().toSorted((a, b) => a - b);
      const exact = all[Math.ceil(p * all.length) - 1]!;
      const bucket = bounds.findIndex((bound) => exact <= bound);
      const value = summedBuckets(each.map(measure), p);
      const [from, to] = [bounds[bucket - 1] ?? 0, bounds[bucket]!];
      assert.ok(value >= from && value <= to, `${value} is not between ${from} and ${to} ms`);
    }),
    { numRuns: 40 },
  );
});

test('merged t-digests are right within 2 % of the requests in the middle, and less toward both ends', () => {
  fc.assert(
    fc.property(instances, share, (fleet, p) => {
      const each = fleet.map(durationsOf);
      const all = each.flat();
      const value = mergedDigests(each.map(measure), p);
      // Among equal durations, a value has every rank of theirs.
      const below = all.filter((duration) => duration < value).length / all.length;
      const upTo = all.filter((duration) => duration <= value).length / all.length;
      assert.ok(
        below <= p + tolerance(p) && upTo >= p - tolerance(p),
        `p${p * 100} is p${below * 100} to p${upTo * 100}`,
      );
    }),
    { numRuns: 40 },
  );
});

test('the average of percentiles is not: with one slow instance of three, it is far off', () => {
  const fleet = [Array(900).fill(10), Array(90).fill(10), Array(10).fill(2_000)].map(measure);
  assert.ok(average(fleet, 0.9) > 500);
  assert.ok(summedBuckets(fleet, 0.9) <= 10);
});
