import { projectFolder, stateFolder } from '../settings.ts';

/** A course on disk. */
export interface Course {
  /** Holds `steps/` and the working copy: run.ts and the folders of the services. */
  root: string;
  /** Where progress and saved work are kept. */
  state: string;
}

/** Opens the workshop's own course, or the one in the given folders. */
export function openCourse(root = projectFolder, state = stateFolder): Course {
  return { root, state };
}
