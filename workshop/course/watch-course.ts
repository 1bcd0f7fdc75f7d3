import { relative, sep } from 'node:path';
import { watch } from '../watch.ts';
import type { Course } from './course.ts';
import { otherFolders, programFiles, servicesOf } from './files.ts';
import { filesOfSteps } from './working-copy.ts';

/**
 * Calls `onSave` after files of the working copy have changed, including those of a step that is put there later, and
 * `onProgress` after another step was reached or passed its check.
 */
export async function watchCourse(
  course: Course,
  { onSave, onProgress }: { onSave: () => void; onProgress?: () => void },
) {
  const services = (await filesOfSteps(course)).flatMap((files) => [...servicesOf(files)]);
  const watchers = [
    watchOnly(course.root, new Set([...programFiles, ...otherFolders, ...services]), onSave),
    ...(onProgress ? [watchOnly(course.state, new Set(['step', 'progress.json']), onProgress)] : []),
  ];
  return { close: () => Promise.all(watchers.map((watcher) => watcher.close())) };
}

/** Watches the files and folders of a folder that have one of these names. */
function watchOnly(folder: string, names: ReadonlySet<string>, act: () => void) {
  const isIgnored = (path: string) => {
    const [name = ''] = relative(folder, path).split(sep);
    return name !== '' && !names.has(name);
  };
  return watch(folder, act, { ignored: isIgnored });
}
