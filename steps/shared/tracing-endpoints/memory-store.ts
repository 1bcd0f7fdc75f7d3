import type { Bag, RelationStore, Role, Watch } from './store.ts';

/** Keeps relations in memory, for applications that are in one process, as in tests. */
export class MemoryStore implements RelationStore {
  readonly #relations = new Map<string, Map<Role, Bag>>();
  readonly #listeners = new Set<() => void>();

  ids(): string[] {
    return [...this.#relations.keys()].toSorted();
  }

  add(id: string): void {
    if (this.#relations.has(id)) return;
    this.#relations.set(id, new Map());
    this.#notify();
  }

  remove(id: string): void {
    if (this.#relations.delete(id)) this.#notify();
  }

  read(id: string, role: Role): Bag | undefined {
    return this.#relations.get(id)?.get(role);
  }

  write(id: string, role: Role, bag: Bag): void {
    this.#relations.get(id)?.set(role, { ...bag });
    this.#notify();
  }

  watch(listener: () => void): Watch {
    this.#listeners.add(listener);
    return { close: () => void this.#listeners.delete(listener), unref() {} };
  }

  /** Not immediately: as between processes, a change arrives after the code that made it has finished. */
  #notify(): void {
    queueMicrotask(() => {
      for (const listener of this.#listeners) listener();
    });
  }
}
