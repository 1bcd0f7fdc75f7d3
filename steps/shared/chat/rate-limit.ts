const WINDOW_MS = 60_000;

/** Counts the questions of each user within a minute. */
export class RateLimit {
  readonly #now: () => number;
  #since = -Infinity;
  #counts = new Map<string, number>();

  /** `now` gives the time in ms. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Counts a question. Returns how many the user has asked in this minute, and the seconds until the next minute. */
  count(user: string): { asked: number; secondsLeft: number } {
    const now = this.#now();
    if (now - this.#since >= WINDOW_MS) {
      this.#since = now;
      this.#counts = new Map();
    }
    const asked = (this.#counts.get(user) ?? 0) + 1;
    this.#counts.set(user, asked);
    return { asked, secondsLeft: Math.ceil((this.#since + WINDOW_MS - now) / 1_000) };
  }
}
