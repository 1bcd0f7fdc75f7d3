import { watch as watchWithChokidar } from 'chokidar';
import type { Stats } from 'node:fs';
import { messageOf } from './errors.ts';

const SETTLE_MS = 80; // an editor may write a file in several steps, and changing the step touches many files

/** `depth`: how many levels of subfolders to watch (all); `ignored`: what not to watch. */
export interface WatchOptions {
  depth?: number;
  ignored?: (path: string, stats?: Stats) => boolean;
}

/** Calls `act` shortly after files in these places have changed, once for changes that follow each other closely. */
export function watch(places: string | string[], act: () => void, options: WatchOptions = {}) {
  let timer: NodeJS.Timeout | undefined;
  const watcher = watchWithChokidar(places, { ignoreInitial: true, ...options });
  watcher.on('all', () => {
    clearTimeout(timer);
    timer = setTimeout(act, SETTLE_MS);
  });
  watcher.on('error', (error) => {
    console.error(`Changes are no longer noticed (${messageOf(error)}): restart this command.`);
  });
  return {
    async close(): Promise<void> {
      clearTimeout(timer);
      await watcher.close();
    },
  };
}
