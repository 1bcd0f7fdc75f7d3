import { stripVTControlCharacters } from 'node:util';
import { judge, readLesson } from '../../workshop/check/check.ts';
import { reportText } from '../../workshop/check/report.ts';
import { changesBetween } from '../../workshop/course/changes.ts';
import { readLessonFiles } from '../../workshop/course/files.ts';
import { listSteps } from '../../workshop/course/list.ts';
import { checksFor, observationOf } from '../observations.ts';

/**
 * What `npm run check N` prints about a working copy that is exactly one of the steps: the check judges the observation
 * of that step, so nothing has to run again. Undefined for any other command or working copy.
 */
export async function checkOutput(command: string, workingCopy: string): Promise<string | undefined> {
  const number = /^npm run check (\d+)$/.exec(command)?.[1];
  if (number === undefined) return undefined;
  const files = await readLessonFiles(workingCopy);
  const steps = await listSteps();
  for (const step of steps) {
    if (changesBetween(await readLessonFiles(step.folder), files).length > 0) continue;
    const checked = (await checksFor(step)).find((each) => each.number === Number(number));
    if (!checked) continue;
    const result = judge(await readLesson(checked.folder), await observationOf(step));
    const next = steps.find((each) => each.number > checked.number);
    return stripVTControlCharacters(reportText(result, { ...checked, next }));
  }
  return undefined;
}
