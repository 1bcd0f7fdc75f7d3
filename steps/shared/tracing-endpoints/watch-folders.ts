import { type FSWatcher, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { ifExists } from './if-exists.ts';
import type { Watch } from './store.ts';

/**
 * Calls `listener` when a subfolder of `folder` comes or goes, or when a file in a subfolder changes. (On Linux, the
 * `recursive` option of Node.js 20 doesn't report when a file is replaced a second time.)
 */
export function watchFolders(folder: string, listener: () => void): Watch {
  const watchers = new Map<string, FSWatcher>();
  let keepsRunning = true;

  const root = watch(folder, (_event, name) => {
    if (name !== null) unwatch(name); // the name may now belong to another folder
    watchSubfolders();
    listener();
  });
  watchSubfolders();
  return {
    close() {
      root.close();
      for (const name of watchers.keys()) unwatch(name);
    },
    unref() {
      keepsRunning = false;
      for (const watcher of [root, ...watchers.values()]) watcher.unref();
    },
  };

  function watchSubfolders() {
    for (const entry of ifExists(() => readdirSync(folder, { withFileTypes: true })) ?? []) {
      if (!entry.isDirectory() || watchers.has(entry.name)) continue;
      const watcher = ifExists(() => watch(join(folder, entry.name), listener));
      watcher?.on('error', () => unwatch(entry.name)); // Windows: the folder was deleted
      if (!watcher) continue;
      watchers.set(entry.name, watcher);
      if (!keepsRunning) watcher.unref();
    }
  }

  function unwatch(name: string) {
    watchers.get(name)?.close();
    watchers.delete(name);
  }
}
