/**
 * The workshop's only source of randomness. If WORKSHOP_SEED is set, a process gets the same numbers every time, so
 * that the output in the lessons is reproducible.
 */

const seed = process.env.WORKSHOP_SEED;

/** A number from 0 (included) to 1 (excluded). */
export const random = seed === undefined ? Math.random : mulberry32(Number(seed));

/** The generator mulberry32: 32 bits of state, good enough to vary a delay, but not for secrets. */
export function mulberry32(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
