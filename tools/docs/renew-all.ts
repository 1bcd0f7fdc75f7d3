import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { readServices } from '../../workshop/services/definition.ts';
import { projectFolder } from '../../workshop/settings.ts';
import { type Renewal, renewDocument } from './renew.ts';

/** One more than there are processors, because the commands in documents often wait. */
const AT_A_TIME = availableParallelism() + 1;

/** Renews documents, a few at a time, each in its own copy of the project. Returns the result for each. */
export function renewAll(documents: string[]): Map<string, Promise<Renewal>> {
  const lanes: Promise<unknown>[] = Array.from({ length: AT_A_TIME }, () => Promise.resolve());
  let turn: Promise<unknown> = Promise.resolve();

  /** Services that need a part share it, so such documents take turns. */
  async function renew(document: string): Promise<Renewal> {
    const services = await readServices(join(projectFolder, dirname(document)));
    if (services.every(({ needs }) => needs.length === 0)) return renewDocument(document);
    const renewal = turn.then(() => renewDocument(document));
    turn = renewal.catch(() => {});
    return renewal;
  }

  return new Map(
    documents.map((document, index) => {
      const renewal = lanes[index % AT_A_TIME]!.then(() => renew(document));
      lanes[index % AT_A_TIME] = renewal.catch(() => {}); // the caller, who awaits the renewal, gets the error
      return [document, renewal] as const;
    }),
  );
}
