import { EventEmitter } from 'node:events';
import { DataAccessPermissionError } from './errors.ts';
import type { Metadata } from './metadata.ts';
import { type Bag, type RelationStore, sidesOf, type Watch } from './store.ts';

/** A relation as one unit sees it: the unit's own application is local, the other one is remote. */
export interface Relation {
  readonly id: string;
  /** The relation's name in the metadata of the local application. */
  readonly name: string;
  readonly remoteApplication: string;
  /** The local application's bag as it is now; undefined if it was never written or the relation is gone. */
  readonly localData: Bag | undefined;
  /** The remote application's bag as it is now; undefined in the same cases. */
  readonly remoteData: Bag | undefined;
  /** Replaces the local application's bag. Throws a DataAccessPermissionError on a follower. */
  write(bag: Bag): void;
}

/**
 * What can happen to a relation, in the usual order: it is created; the remote application joins it by writing its bag
 * for the first time; the remote application's bag changes; the relation is broken, that is, removed.
 */
export interface RelationEvents {
  created: [Relation];
  joined: [Relation];
  changed: [Relation];
  broken: [Relation];
}

/** Options of a unit. They don't change while it runs. */
export interface UnitOptions {
  application: string;
  /** Whether this unit may write the bags of its application. Exactly one unit of an application is the leader. */
  isLeader: boolean;
  metadata: Metadata;
  /** Where problems are reported (default: the console). */
  log?: Log;
}

/** A logger, such as the console or a pino logger. */
export interface Log {
  warn(message: string): void;
  error(message: string): void;
}

/** One process of an application. It sees the application's relations, and emits what happens to them. */
export class Unit extends EventEmitter<RelationEvents> {
  readonly application: string;
  readonly isLeader: boolean;
  readonly metadata: Metadata;
  readonly log: Log;
  readonly #store: RelationStore;
  #seen = new Map<string, { relation: Relation; data: string | undefined }>();
  #watch: Watch | undefined;

  constructor(store: RelationStore, { application, isLeader, metadata, log = console }: UnitOptions) {
    super();
    this.application = application;
    this.isLeader = isLeader;
    this.metadata = metadata;
    this.log = log;
    this.#store = store;
  }

  /** The application's relations: all of them, or those with this name in its metadata. */
  relations(name?: string): Relation[] {
    const all = this.#store.ids().flatMap((id) => this.#relation(id) ?? []);
    return name === undefined ? all : all.filter((relation) => relation.name === name);
  }

  /** Calls `handler` when one of these events happens to a relation with this name. */
  observe(name: string, events: (keyof RelationEvents)[], handler: (relation: Relation) => void): void {
    const handleOwn = (relation: Relation) => {
      if (relation.name === name) handler(relation);
    };
    for (const event of events) this.on(event, handleOwn);
  }

  /** Throws a DataAccessPermissionError on a follower. */
  requireLeader(): void {
    if (this.isLeader) return;
    throw new DataAccessPermissionError(
      `This unit of ${this.application} is a follower: only the leader may write the application's data.`,
    );
  }

  /** Starts to emit events: before it returns, those for what already exists, and from then on, one for every change. */
  start(): void {
    this.#watch ??= this.#store.watch(() => this.#look());
    this.#look();
  }

  /** Lets the process exit although the unit is started, like `unref` of a timer. */
  unref(): void {
    this.#watch?.unref();
  }

  /** Stops emitting events, so that the process can exit. */
  close(): void {
    this.#watch?.close();
    this.#watch = undefined;
  }

  /** Returns the relation with this id, if this application takes part in it. */
  #relation(id: string): Relation | undefined {
    const sides = sidesOf(id);
    if (!sides) return undefined;
    const local = (['provider', 'requirer'] as const).find(
      (role) => sides[role].application === this.application,
    );
    if (!local) return undefined;
    const remote = local === 'provider' ? 'requirer' : 'provider';
    const store = this.#store;

    return {
      id,
      name: sides[local].relationName,
      remoteApplication: sides[remote].application,
      get localData() {
        return store.read(id, local);
      },
      get remoteData() {
        return store.read(id, remote);
      },
      write: (bag) => {
        this.requireLeader();
        store.write(id, local, bag);
      },
    };
  }

  /** Emits what has changed since the last look. */
  #look(): void {
    const before = this.#seen;
    this.#seen = new Map(
      this.relations().map((relation) => [
        relation.id,
        { relation, data: JSON.stringify(relation.remoteData) },
      ]),
    );
    const ids = this.#store.ids();
    for (const id of this.#seen.keys()) if (!ids.includes(id)) this.#seen.delete(id); // removed while it was read

    for (const [id, { relation }] of before) if (!this.#seen.has(id)) this.emit('broken', relation);
    for (const [id, { relation, data }] of this.#seen) {
      const earlier = before.get(id);
      if (!earlier) this.emit('created', relation);
      if (data === earlier?.data) continue;
      if (earlier?.data === undefined) this.emit('joined', relation);
      this.emit('changed', relation);
    }
  }
}
