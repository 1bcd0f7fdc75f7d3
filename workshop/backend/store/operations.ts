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
  /** By service, then by name; those of a name differ by kind. */
  readonly #services = new Map<string, Map<string, Operation[]>>();
  /** Roughly how much memory all of this takes, in bytes. */
  bytes = 0;

  services(): string[] {
    return [...this.#services.keys()].toSorted();
  }

  /** The operations of a service by name and kind; none if the service is unknown. */
  of(service: string): Operation[] {
    const operations = [...(this.#services.get(service)?.values() ?? [])].flat();
    return operations.toSorted((a, b) => compare(a.name, b.name) || a.kind - b.kind);
  }

  /** Adds a span to the counts. */
  add(service: string, fullName: string, kind: number): Operation {
    const name = indexedName(fullName);
    let byName = this.#services.get(service);
    if (!byName) this.#services.set(service, (byName = new Map()));
    let ofName = byName.get(name);
    if (!ofName) byName.set(name, (ofName = []));
    let operation = ofName.find((known) => known.kind === kind);
    if (!operation) {
      operation = { service, name, kind, spans: 0 };
      ofName.push(operation);
      this.bytes += sizeOf(operation);
    }
    operation.spans++;
    return operation;
  }

  /** Removes a span from the counts. */
  remove(operation: Operation): void {
    if (--operation.spans > 0) return;
    const { service, name } = operation;
    const byName = this.#services.get(service)!;
    const ofName = byName.get(name)!;
    ofName.splice(ofName.indexOf(operation), 1);
    if (ofName.length === 0) byName.delete(name);
    if (byName.size === 0) this.#services.delete(service);
    this.bytes -= sizeOf(operation);
  }
}

/** The name of the operation for a span name. */
export function indexedName(name: string): string {
  if (name.length <= MAX_NAME_LENGTH) return name || 'empty-span-name';
  // A copy: a slice alone would keep the whole name in memory.
  return Buffer.from(name.slice(0, MAX_NAME_LENGTH)).toString();
}

/** Roughly how much memory an operation takes, in bytes. */
function sizeOf({ service, name }: Operation): number {
  return OPERATION_BYTES + 2 * (service.length + name.length);
}

/** Compares UTF-16 code units, like a plain sort. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
