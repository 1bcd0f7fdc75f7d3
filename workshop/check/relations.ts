import { basename, join } from 'node:path';
import { type Bag, FileStore } from '#shared/tracing-endpoints/index.ts';
import { relationsFolder } from '../settings.ts';

/** What the two applications of a relation have published; undefined for one that has published nothing. */
export interface Published {
  /** Contains the names of both. */
  id: string;
  provider: Bag | undefined;
  requirer: Bag | undefined;
}

/** Reads what the services that keep their state in the given folder have published. */
export function readRelations(state: string): Published[] {
  const store = new FileStore(join(state, basename(relationsFolder)));
  return store.ids().map((id) => ({
    id,
    provider: store.read(id, 'provider'),
    requirer: store.read(id, 'requirer'),
  }));
}
