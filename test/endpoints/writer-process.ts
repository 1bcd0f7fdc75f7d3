/** Replaces a large bag again and again: writer-process.ts FOLDER RELATION. */
import { FileStore } from '#shared/tracing-endpoints/index.ts';

const [folder, relation] = process.argv.slice(2) as [string, string];
const store = new FileStore(folder);
for (let count = 0; count < 400; count++) {
  store.write(relation, 'provider', {
    receivers: JSON.stringify(Array.from({ length: 2_000 }, () => count)),
  });
}
