/** A span name and kind of a service, and how many of the stored spans have it. */
export interface Operation {
  readonly service: string;
  readonly name: string;
  /** The number of the kind in OTLP, as in `spanKinds`. */
  readonly kind: number;
  spans: number;
}

/** Longer names are cut off here; names that differ only after that count as one operation. */
const MAX_NAME_LENGTH = 256;

/** Roughly how much memory an operation takes in addition to its names, in bytes. */
const OPERATION_BYTES = 300;

/** The operations of the stored spans: each is added with its first span, and removed with its last. */
export class Operations {
  readonly #byKey = new Map<string, Operation>();
  /** Roughly how much memory all of this takes, in bytes. */
  bytes = 0;

  services(): string[] {
    return [...new Set([...this.#byKey.values()].map(({ service }) => service))].toSorted();
  }

  /** The operations of a service by name and kind; none if the service is unknown. */
  of(service: string): Operation[] {
    const operations = [...this.#byKey.values()].filter((each) => each.service === service);
    return operations.toSorted((a, b) => compare(a.name, b.name) || a.kind - b.kind);
  }

  /** Adds a span to the counts. */
  add(service: string, fullName: string, kind: number): Operation {
    const name = indexedName(fullName);
    const key = keyOf(service, name, kind);
    let operation = this.#byKey.get(key);
    if (!operation) {
      operation = { service, name, kind, spans: 0 };
      this.#byKey.set(key, operation);
      this.bytes += sizeOf(operation);
    }
    operation.spans++;
    return operation;
  }

  /** Removes a span from the counts. */
  remove(operation: Operation): void {
    if (--operation.spans > 0) return;
    const { service, name, kind } = operation;
    this.#byKey.delete(keyOf(service, name, kind));
    this.bytes -= sizeOf(operation);
  }
}

/** The length tells where the service ends, because names may contain any character. */
function keyOf(service: string, name: string, kind: number): string {
  return `${kind} ${service.length} ${service} ${name}`;
}

/** The name of the operation for a span name. */
export function indexedName(name: string): string {
  if (name.length <= MAX_NAME_LENGTH) return name || 'empty-span-name';
  // A copy: a slice alone would keep the whole name in memory.
  return Buffer.from(name.slice(0, MAX_NAME_LENGTH)).toString();
}

/** Roughly how much memory an operation takes, in bytes. */
function sizeOf({ service, name }: Operation): number {
  return OPERATION_BYTES + 3 * (service.length + name.length);
}

/** Compares UTF-16 code units, like a plain sort. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
