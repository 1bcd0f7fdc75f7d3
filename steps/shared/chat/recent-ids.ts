const MOST = 1_000; // enough for minutes of a busy workspace, and little memory

/** Remembers the last thousand ids. */
export class RecentIds {
  readonly #ids = new Set<string>();

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Whether an id is new. Remembers it. */
  isNew(id: string): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    if (this.#ids.size > MOST) {
      const [oldest] = this.#ids;
      this.#ids.delete(oldest!);
    }
    return true;
  }
}
