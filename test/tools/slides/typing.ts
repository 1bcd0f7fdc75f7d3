/** How long people need to type a step. */
import { diffLines } from 'diff';
import { asTyped } from '#tools/docs/typed';
import { type LessonFiles, plain, readLessonFiles } from '#workshop/course/files';
import { startOf, type Step } from '#workshop/course/list';

/** Seconds to read and type a line, */
const NEW_LINE_S = 12;
/** and for a line that is removed, or that the editor writes or a copy brings: a bracket, or a line of another file. */
const OTHER_LINE_S = 3;
/** Seconds to read the task and to find the place, then to make the call, and to read the result of the check. */
const AROUND_S = 120;

/**
 * The minutes, in halves, that people need to change the code of one step into that of the next, without comments. A
 * line is new if the code before doesn't have it yet.
 */
export async function typingMinutes(before: Step, step: Step): Promise<number> {
  const [old, now] = await Promise.all([
    readLessonFiles(startOf(step) ?? before.folder),
    readLessonFiles(step.folder),
  ]);
  const known = new Set([...old.keys()].flatMap((path) => linesOf(code(old, path))));
  let newLines = 0;
  let otherLines = 0;
  for (const path of new Set([...old.keys(), ...now.keys()])) {
    for (const { added, removed, value } of diffLines(code(old, path), code(now, path))) {
      if (!added && !removed) continue;
      for (const line of linesOf(value)) {
        if (added && /\w/.test(line) && !known.has(line)) newLines++;
        else otherLines++;
        if (added) known.add(line);
      }
    }
  }
  return Math.ceil((newLines * NEW_LINE_S + otherLines * OTHER_LINE_S + AROUND_S) / 30) / 2;
}

function code(files: LessonFiles, path: string): string {
  return asTyped(plain(files.get(path)) ?? '', '');
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
