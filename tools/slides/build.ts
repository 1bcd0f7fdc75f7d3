import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listSteps } from '../../workshop/course/list.ts';
import { bundleAssets } from './bundle.ts';
import { pageOf } from './page.ts';
import { readDeck } from './read.ts';

/** The files of the deck by name: index.html and the files that it loads. */
export type BuiltDeck = Map<string, string>;

/**
 * Builds the deck.
 * @throws UserError with one sentence, if the source or an include is invalid
 */
export async function buildDeck(): Promise<BuiltDeck> {
  const [deck, steps] = await Promise.all([readDeck(), listSteps()]);
  const page = await pageOf(deck, steps);
  return new Map<string, string>([['index.html', page], ...(await bundleAssets())]);
}

/** Writes the deck into a folder, which is created if it doesn't exist. Other files in the folder are kept. */
export async function writeDeck(built: BuiltDeck, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await Promise.all([...built].map(([name, text]) => writeFile(join(folder, name), text)));
}
