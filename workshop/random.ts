/**
 * The workshop's one source of randomness. With WORKSHOP_SEED set, a process draws the same numbers every time,
 * so that what the lessons show can be shown again.
 */

const seed = process.env.WORKSHOP_SEED;

/** A number from 0 (included) to 1 (excluded). */
export const random = seed === undefined ? Math.random : mulberry32(Number(seed));

/** The generator mulberry32: 32 bits of state, good enough to vary a delay, never for anything secret. */
export function mulberry32(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
