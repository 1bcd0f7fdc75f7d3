import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { FileStore, MemoryStore, type RelationStore } from '#shared/tracing-endpoints/index.ts';
import { temporaryFolder } from '../support/environment.ts';

/** Every transport of a relation, each with a function that creates an empty store for a test. */
export const transports: Record<string, (t: TestContext) => Promise<RelationStore>> = {
  'in memory': async () => new MemoryStore(),
  'over files': async (t) => new FileStore(join(await temporaryFolder(t), 'relations')),
};
