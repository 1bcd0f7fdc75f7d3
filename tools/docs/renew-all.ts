import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { openQueue } from '../../workshop/queue.ts';
import { readServices } from '../../workshop/services/definition.ts';
import { projectFolder } from '../../workshop/settings.ts';
import { type Renewal, renewDocument } from './renew.ts';

/** One more than there are processors, because the commands in documents often wait. */
const AT_A_TIME = availableParallelism() + 1;

/** Renews documents, a few at a time, each in its own copy of the project. Returns the result for each. */
export function renewAll(documents: string[]): Map<string, Promise<Renewal>> {
  const lanes = Array.from({ length: AT_A_TIME }, openQueue);
  const withParts = openQueue();
  /** Services that need a part share it, so such documents take turns. */
  async function renew(document: string): Promise<Renewal> {
    const services = await readServices(join(projectFolder, dirname(document)));
    const needsPart = services.some(({ needs }) => needs.length > 0);
    const work = () => renewDocument(document);
    return needsPart ? withParts.add(work) : work();
  }
  return new Map(
    documents.map((document, index) => [document, lanes[index % AT_A_TIME]!.add(() => renew(document))]),
  );
}
