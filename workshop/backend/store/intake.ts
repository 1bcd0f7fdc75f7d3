/**
 * What the stores of spans and of log records have in common: items that arrive are kept as the bytes in which they
 * came, in groups of one resource and scope; memory is bounded; and what becomes of each item is counted.
 */
import type { ArrivedRequest, ItemBytes } from '../otlp/arrival.ts';
import type { Signal } from '../otlp/messages.ts';
import { readResource, readScope, type Resource, type Scope } from '../otlp/span.ts';

/** Items that arrived together. Their bytes are kept until the last of them is dropped. */
export interface Group {
  readonly service: string;
  /** The encoded Resource, InstrumentationScope, and items. */
  readonly bytes: Buffer;
  readonly resourceEnd: number;
  readonly scopeEnd: number;
  /** What it counts for in the limit of bytes. */
  readonly size: number;
  /** How many of its items are still kept. */
  items: number;
}

/** What became of a request. */
export interface Added {
  accepted: number;
  rejected: number;
  /** Why items were rejected, or why there were none, in words; empty if there is nothing to say. */
  reason: string;
}

/** What the receivers of OTLP see of a store. */
export type Receiver = Pick<Intake<ItemBytes>, 'signal' | 'add'>;

/** What every kind of item needs, and what differs. */
export interface IntakeOptions {
  signal: Signal;
  /** How many items, and roughly how many bytes of memory, are kept at a time. */
  most: { items: number; bytes: number };
  /** Roughly what an item takes besides its bytes, in bytes. */
  itemBytes: number;
}

/** The largest resource and scope, in bytes, with which items are kept. */
const MAX_SHARED_BYTES = 128 * 1024;
/** Roughly what the objects of a group take besides its bytes, in bytes. */
const GROUP_BYTES = 500;
/** An item of many tiny messages takes more memory than its bytes when it is read: each message counts for at least this. */
const MESSAGE_BYTES = 16;

/** Takes in requests. A store extends it with what its items are found by, and drops the oldest when it is told to. */
export abstract class Intake<Item extends ItemBytes> {
  readonly #options: IntakeOptions;
  /** What groups, and what the store adds, count for. */
  #bytes = 0;
  #items = 0;
  #accepted = 0;
  #rejected = 0;
  #dropped = 0;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  get signal(): Signal {
    return this.#options.signal;
  }

  /** Reads a request. */
  protected abstract read(message: Buffer): ArrivedRequest<Item>;
  /** Makes an item findable that is kept between two places of a group's bytes. */
  protected abstract index(item: Item, group: Group, from: number, to: number): void;
  /** Drops the oldest, with `release` for each item; false if there is nothing to drop. */
  protected abstract dropOldest(): boolean;
  /** Why an item can't be kept, apart from its size; empty if it can. */
  protected abstract objectionTo(item: Item): string;

  /**
   * Takes in a request of OTLP: all of its items, except those that are invalid or do not fit.
   * @param unknown a field that OTLP does not have, if one was found before the request got this encoding
   * @throws MalformedError if the bytes are not such a request; then nothing is taken in
   */
  add(message: Buffer, unknown = ''): Added {
    const { most, signal } = this.#options;
    const request = this.read(message);
    const added: Added = { accepted: 0, rejected: 0, reason: '' };
    for (const { resource, scope, items } of request.groups) {
      let fitting: Item[] = [];
      let size = 0;
      const keep = () => this.#keep(message, { resource, scope }, fitting, size);
      for (const item of items) {
        const objection = this.objectionTo(item) || this.#tooLarge(item, resource.length + scope.length);
        if (objection !== '') {
          added.rejected++;
          added.reason = objection;
          continue;
        }
        added.accepted++;
        size += this.#sizeOf(item);
        if (fitting.push(item) < most.items / 8 && size < most.bytes / 8) continue;
        keep();
        fitting = [];
        size = 0;
      }
      if (fitting.length > 0) keep();
    }
    this.#accepted += added.accepted;
    this.#rejected += added.rejected;
    const field = unknown || request.unknown;
    if (field && added.accepted + added.rejected === 0)
      added.reason = `the message holds no ${signal.itemName}s, and OTLP has no ${field}`;
    return added;
  }

  /** What is kept, and what became of everything that arrived. */
  protected counts() {
    const [items, bytes, accepted, rejected] = [this.#items, this.bytes, this.#accepted, this.#rejected];
    return { items, bytes, accepted, rejected, dropped: this.#dropped };
  }

  /** Roughly how much memory is taken, in bytes. */
  protected get bytes(): number {
    return this.#bytes;
  }

  /** Counts bytes in that the store takes besides the groups; out, if they are negative. */
  protected take(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Counts a dropped item out. */
  protected release(group: Group): void {
    this.#items--;
    this.#dropped++;
    if (--group.items === 0) this.#bytes -= group.size;
  }

  #tooLarge(item: Item, sharedBytes: number): string {
    const { most, signal } = this.#options;
    if (sharedBytes > Math.min(MAX_SHARED_BYTES, most.bytes / 4))
      return 'a resource or scope was too large to be kept';
    return this.#sizeOf(item) > most.bytes / 4 ? `a ${signal.itemName} was too large to be kept` : '';
  }

  /** What an item counts for in the limit of bytes. */
  #sizeOf({ from, to, messages }: Item): number {
    return this.#options.itemBytes + Math.max(to - from, messages * MESSAGE_BYTES);
  }

  /** Keeps items of one resource and scope. `itemsSize` is what they count for. */
  #keep(message: Buffer, { resource, scope }: Shared, items: readonly Item[], itemsSize: number): void {
    const { service } = readResource(resource);
    const resourceEnd = resource.length;
    const scopeEnd = resourceEnd + scope.length;
    // Memory of its own, not of a shared pool: what is kept must keep nothing else alive.
    const bytes = Buffer.allocUnsafeSlow(items.reduce((sum, { from, to }) => sum + to - from, scopeEnd));
    bytes.set(resource);
    bytes.set(scope, resourceEnd);
    const size = GROUP_BYTES + scopeEnd + itemsSize;
    this.#makeRoom(items.length, size);
    const group: Group = { service, bytes, resourceEnd, scopeEnd, size, items: items.length };
    this.#bytes += size;
    this.#items += items.length;
    let at = scopeEnd;
    for (const item of items) {
      const from = at;
      at += message.copy(bytes, from, item.from, item.to);
      this.index(item, group, from, at);
    }
  }

  /** Drops the oldest until there is room. What the store itself adds is known too late, but soon made up for. */
  #makeRoom(items: number, bytes: number): void {
    const { most } = this.#options;
    const isFull = () => this.#items + items > most.items || this.bytes + bytes > most.bytes;
    while (isFull() && this.dropOldest());
  }
}

/** What items of one group share. */
interface Shared {
  resource: Uint8Array;
  scope: Uint8Array;
}

/** Gives a function that reads what the items of a group share. Each resource and scope is read once. */
export function sharedReader(): (group: Group) => { resource: Resource; scope: Scope } {
  const resources = new Map<string, Resource>();
  const scopes = new Map<string, Scope>();
  const byGroup = new Map<Group, { resource: Resource; scope: Scope }>();
  return (group) => {
    const known = byGroup.get(group);
    if (known) return known;
    const { bytes, resourceEnd, scopeEnd } = group;
    const shared = {
      resource: memoized(resources, bytes.subarray(0, resourceEnd), readResource),
      scope: memoized(scopes, bytes.subarray(resourceEnd, scopeEnd), readScope),
    };
    byGroup.set(group, shared);
    return shared;
  };
}

function memoized<Read>(known: Map<string, Read>, bytes: Buffer, read: (bytes: Uint8Array) => Read): Read {
  const key = bytes.toString('latin1');
  const result = known.get(key) ?? read(bytes);
  known.set(key, result);
  return result;
}
