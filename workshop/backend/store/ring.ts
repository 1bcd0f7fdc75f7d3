/** Nothing is at offset 0, which can stand for "none" therefore. */
const FIRST_OFFSET = 8;

/**
 * Memory of a bounded size, written in laps from its begin to its end. A position counts all bytes ever written, so
 * that positions only grow; what is needed still lies in this lap and the one before. A lap ends early where
 * the begin of the memory is free again, so that no more is touched than what is kept needs.
 */
export class Ring {
  readonly capacity: number;
  /** Views of the same memory. */
  readonly bytes: Buffer;
  readonly u32: Uint32Array;
  readonly f64: Float64Array;
  /** The position behind all that was written. */
  head = FIRST_OFFSET;
  /** Positions of offset 0. */
  #lap = 0;
  #previousLap = -Infinity;
  /** How far the memory has been written at all. */
  #touched = 0;

  /** `capacity` in bytes is rounded up to a multiple of 8. The system gives the memory only where it is written. */
  constructor(capacity: number) {
    this.capacity = Math.ceil(capacity / 8) * 8;
    const memory = new ArrayBuffer(this.capacity);
    this.bytes = Buffer.from(memory);
    this.u32 = new Uint32Array(memory);
    this.f64 = new Float64Array(memory);
  }

  /** Where in the memory a position is, if it has not been written over. A multiple of 8 for each begin of a record. */
  offsetOf(position: number): number {
    return position - (position >= this.#lap ? this.#lap : this.#previousLap);
  }

  /** Forgets all that was written, so that a quarter of the capacity fits. Positions go on growing. */
  startAnew(): void {
    this.#lap = this.head - FIRST_OFFSET;
    this.#previousLap = -Infinity;
  }

  /**
   * Takes so many bytes in one piece and gives the position of the first. What is at `tail` and behind it stays as it
   * is; if that leaves no room the answer is undefined.
   */
  take(size: number, tail: number): number | undefined {
    const end = this.head - this.#lap + size;
    const freeAtBegin = tail - this.#lap;
    if (end > this.capacity || (end > this.#touched && freeAtBegin > Math.max(size * 2, this.#touched / 4))) {
      if (freeAtBegin < 0) return undefined;
      this.#previousLap = this.#lap;
      this.#lap = this.head - FIRST_OFFSET;
    }
    const position = this.head;
    const endOffset = position - this.#lap + size;
    if (tail < this.#lap && endOffset > tail - this.#previousLap) return undefined;
    this.head += Math.ceil(size / 8) * 8;
    this.#touched = Math.max(this.#touched, endOffset);
    return position;
  }
}
