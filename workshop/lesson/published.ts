/** A value that others can follow. */
export interface Published<Value> {
  readonly value: Value;
  /** Replaces some of its fields. */
  change(fields: Partial<Value>): void;
  /** Calls `act` soon after each change, once for changes that follow each other closely. Returns a function that ends this. */
  follow(act: () => void): () => void;
}

const PERIOD_MS = 50; // a program may print many lines

/** Publishes a value. */
export function published<Value extends object>(initial: Value): Published<Value> {
  let value = initial;
  let timer: NodeJS.Timeout | undefined;
  const followers = new Set<() => void>();
  const tell = () => {
    timer = undefined;
    for (const act of followers) act();
  };
  return {
    get value() {
      return value;
    },
    change(fields) {
      value = { ...value, ...fields };
      timer ??= setTimeout(tell, PERIOD_MS);
    },
    follow(act) {
      followers.add(act);
      return () => followers.delete(act);
    },
  };
}
