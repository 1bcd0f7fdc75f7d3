/** Durations that three different instances could have measured, in ms. They are the same each time. */
const SEED = 42;

interface Sample {
  name: string;
  durations: number[];
}

/** A fast instance with most of the requests, a slower one, and one in which every twentieth request waits for a lock. */
export function sampleInstances(): Sample[] {
  const random = randomFrom(SEED);
  const around = (ms: number, spread: number) => ms * Math.exp(spread * gaussian(random));
  const times = (count: number, duration: () => number) => Array.from({ length: count }, duration);
  return [
    { name: 'followers-api-1', durations: times(60_000, () => around(20, 0.4)) },
    { name: 'followers-api-2', durations: times(30_000, () => around(30, 0.5)) },
    {
      name: 'followers-api-3',
      durations: times(10_000, () => (random() < 0.05 ? 400 + random() * 1_600 : around(25, 0.4))),
    },
  ];
}

/** A normally distributed number (Box–Muller). */
function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Random numbers from 0 to 1 that repeat (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
