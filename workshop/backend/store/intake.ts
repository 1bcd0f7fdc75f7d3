/**
 * What the stores of spans and of log records have in common: they keep items as the bytes in which they arrived, in
 * groups with the same resource and scope; they limit their memory; and they count what becomes of each item.
 */
import type { ArrivedItem, ArrivedRequest } from '../otlp/arrival.ts';
import { type RequestParts, requestParts, type Signal } from '../otlp/messages.ts';
import { readResource, readScope, type Resource, type Scope } from '../otlp/span.ts';

/** Items that arrived together. Their bytes are kept until the last of them is dropped. */
export interface Group {
  readonly service: string;
  /** The encoded Resource, InstrumentationScope, and items. */
  readonly bytes: Buffer;
  readonly resourceEnd: number;
  readonly scopeEnd: number;
  /** How much of the limit of bytes it uses. */
  readonly size: number;
  /** How many of its items are still kept. */
  items: number;
}

/** Where in its group's bytes an encoded item is. */
export interface StoredItem {
  readonly group: Group;
  readonly from: number;
  readonly to: number;
}

/** What became of a request. */
export interface Added {
  accepted: number;
  rejected: number;
  /** Why items were rejected, or why there were none; empty if all were accepted. */
  reason: string;
}

/** The part of a store that the OTLP receivers use. */
export type Receiver = Pick<Intake<ArrivedItem>, 'signal' | 'add'>;

/** How the kinds of items differ. */
export interface IntakeOptions<Item> {
  signal: Signal;
  /** Reads a request. */
  read: (message: Buffer) => ArrivedRequest<Item>;
  /** The maximum number of items, and roughly of bytes of memory, that are kept at a time. */
  most: { items: number; bytes: number };
  /** Roughly how much memory an item takes in addition to its bytes, in bytes. */
  itemBytes: number;
}

/** The maximum size of the resource and scope of items that are kept, in bytes. */
const MAX_SHARED_BYTES = 128 * 1024;
/** Roughly how much memory the objects of a group take in addition to its bytes, in bytes. */
const GROUP_BYTES = 500;
/** An item of many tiny messages takes more memory than its bytes when it is read, so each message counts at least this. */
const MESSAGE_BYTES = 16;

/** Accepts requests. A store extends it with indexes for its items, and with a way to drop the oldest ones. */
export abstract class Intake<Item extends ArrivedItem> {
  readonly #options: IntakeOptions<Item>;
  /** How much of the limit the groups use, and the indexes of the store. */
  #bytes = 0;
  #items = 0;
  #accepted = 0;
  #rejected = 0;
  #dropped = 0;

  constructor(options: IntakeOptions<Item>) {
    this.#options = options;
  }

  get signal(): Signal {
    return this.#options.signal;
  }

  /** Adds an item to the indexes. It is kept between two positions in the group's bytes. */
  protected abstract index(item: Item, group: Group, from: number, to: number): void;
  /** Drops the oldest items, and calls `release` for each of them; false if there is nothing to drop. */
  protected abstract dropOldest(): boolean;
  /** The items, the newest first, in batches that belong together. */
  protected abstract newest(): Iterable<readonly StoredItem[]>;
  /** Why an item can't be kept, apart from its size; empty if it can. */
  protected abstract objectionTo(item: Item): string;

  /**
   * Accepts an OTLP request: keeps all of its items, except those that are invalid or too large.
   * @param unknown an unknown field, if one was found before the request was converted to protobuf
   * @throws MalformedError if the bytes are not such a request; then nothing is kept
   */
  add(message: Buffer, unknown = ''): Added {
    const { most, signal, read } = this.#options;
    const request = read(message);
    const added: Added = { accepted: 0, rejected: 0, reason: '' };
    for (const { resource, scope, items } of request.groups) {
      let fitting: Item[] = [];
      let size = 0;
      const keep = () => this.#keep({ resource, scope }, fitting, size);
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
      added.reason = `the message contains no ${signal.itemName}s, and OTLP has no ${field}`;
    return added;
  }

  /**
   * The newest items, roughly up to some bytes, as a request that `add` reads; the oldest of them come first. Leaves out a
   * batch that is larger than that alone.
   */
  encode(mostBytes: number): Uint8Array {
    const batches: Uint8Array[] = []; // joined, they are one request: protobuf appends repeated fields
    let bytes = 0;
    for (const items of this.newest()) {
      const batch = requestParts.encode({ resources: resourcesOf(items) }).finish();
      if (batch.length > mostBytes) continue; // it would take the place of all others
      bytes += batch.length;
      if (bytes > mostBytes) break;
      batches.push(batch);
    }
    return Buffer.concat(batches.toReversed());
  }

  /** What is kept, and what became of everything that arrived. */
  protected counts() {
    const [items, bytes, accepted, rejected] = [this.#items, this.bytes, this.#accepted, this.#rejected];
    return { items, bytes, accepted, rejected, dropped: this.#dropped };
  }

  /** Roughly how much memory is in use, in bytes. */
  protected get bytes(): number {
    return this.#bytes;
  }

  /** Adds to the bytes that the store uses in addition to the groups; a negative number subtracts. */
  protected take(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Removes a dropped item from the counts. */
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

  /** How much of the limit of bytes an item uses. */
  #sizeOf({ bytes, messages }: Item): number {
    return this.#options.itemBytes + Math.max(bytes.length, messages * MESSAGE_BYTES);
  }

  /** Keeps items with the same resource and scope. `itemsSize` is how much of the limit they use. */
  #keep({ resource, scope }: Shared, items: readonly Item[], itemsSize: number): void {
    const { service } = readResource(resource);
    const resourceEnd = resource.length;
    const scopeEnd = resourceEnd + scope.length;
    // Its own memory, not that of a shared pool, so that it keeps no other bytes alive.
    const bytes = Buffer.allocUnsafeSlow(items.reduce((sum, item) => sum + item.bytes.length, scopeEnd));
    bytes.set(resource);
    bytes.set(scope, resourceEnd);
    const size = GROUP_BYTES + scopeEnd + itemsSize;
    this.#makeRoom(items.length, size);
    const group: Group = { service, bytes, resourceEnd, scopeEnd, size, items: items.length };
    this.#bytes += size;
    this.#items += items.length;
    let at = scopeEnd;
    for (const item of items) {
      bytes.set(item.bytes, at);
      this.index(item, group, at, (at += item.bytes.length));
    }
  }

  /** Drops the oldest items until there is room. What the indexes need is known only later, and counts the next time. */
  #makeRoom(items: number, bytes: number): void {
    const { most } = this.#options;
    const isFull = () => this.#items + items > most.items || this.bytes + bytes > most.bytes;
    while (isFull() && this.dropOldest());
  }
}

/** The encoded item. */
export function bytesOf({ group, from, to }: StoredItem): Buffer {
  return group.bytes.subarray(from, to);
}

/** What the items of a group share, encoded. */
interface Shared {
  resource: Uint8Array;
  scope: Uint8Array;
}

function encodedShared({ bytes, resourceEnd, scopeEnd }: Group) {
  return { resource: bytes.subarray(0, resourceEnd), scope: bytes.subarray(resourceEnd, scopeEnd) };
}

/** Items of one group that follow each other share a resource and a scope. */
function resourcesOf(items: readonly StoredItem[]): RequestParts['resources'] {
  const resources: RequestParts['resources'] = [];
  for (const [index, item] of items.entries()) {
    if (item.group !== items[index - 1]?.group) {
      const { resource, scope } = encodedShared(item.group);
      resources.push({ resource, scopes: [{ scope, items: [] }] });
    }
    resources.at(-1)!.scopes[0]!.items.push(bytesOf(item));
  }
  return resources;
}

/** Returns a function that reads what the items of a group share. Groups with the same resource share its object. */
export function sharedReader(): (group: Group) => { resource: Resource; scope: Scope } {
  const resources = new Map<string, Resource>();
  const byGroup = new Map<Group, { resource: Resource; scope: Scope }>();
  return (group) => {
    const known = byGroup.get(group);
    if (known) return known;
    const { resource, scope } = encodedShared(group);
    const key = resource.toString('latin1');
    const shared = { resource: resources.get(key) ?? readResource(resource), scope: readScope(scope) };
    resources.set(key, shared.resource);
    byGroup.set(group, shared);
    return shared;
  };
}
