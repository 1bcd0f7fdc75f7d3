/** What commands print about a working copy that is exactly one of the steps, without running that step again. */
import { stripVTControlCharacters } from 'node:util';
import { evaluate, readLesson } from '../../workshop/check/check.ts';
import { callOfRun, traceOfCall } from '../../workshop/check/observation.ts';
import { reportText } from '../../workshop/check/report.ts';
import { readLessonFiles, sameFiles } from '../../workshop/course/files.ts';
import { listSteps, type Step } from '../../workshop/course/list.ts';
import { parsed } from '../../workshop/net/parsed.ts';
import { pageUrl } from '../../workshop/run/call.ts';
import { callText } from '../../workshop/run/show.ts';
import { isTraced } from '../../workshop/services/definition.ts';
import { checksFor, observationOf } from '../observations.ts';

const USUAL_BACKEND = 'http://localhost:16686';

/**
 * What a command prints, if that follows from the observation of the step in the working copy: a check that can judge
 * this step, or `npx tsx run.ts` from the response on. Undefined for any other command or working copy, and if a check is
 * inconclusive. `shown` is what a document shows now: one that shows how the services start needs a real run.
 */
export async function observedOutput(
  command: string,
  shown: string,
  workingCopy: string,
): Promise<string | undefined> {
  const check = /^npm run check (\d+)$/.exec(command)?.[1];
  const isRun = command === 'npx tsx run.ts' && shown.startsWith('…\n');
  if (check === undefined && !isRun) return undefined;
  const steps = await stepsEqualTo(workingCopy);
  if (isRun) return steps[0] && runOutput(steps[0]);
  for (const step of steps) {
    const checked = (await checksFor(step)).find(({ number }) => number === Number(check));
    if (checked) return checkOutput(checked, step);
  }
  return undefined;
}

async function stepsEqualTo(workingCopy: string): Promise<Step[]> {
  const files = await readLessonFiles(workingCopy);
  const equal: Step[] = [];
  for (const step of await listSteps()) {
    if (sameFiles(await readLessonFiles(step.folder), files)) equal.push(step);
  }
  return equal;
}

/** Undefined if the machine was too busy to tell. */
async function checkOutput(checked: Step, step: Step): Promise<string | undefined> {
  const result = evaluate(await readLesson(checked.folder), await observationOf(step));
  if (result.inconclusive) return undefined;
  const next = (await listSteps()).find(({ number }) => number > checked.number);
  return stripVTControlCharacters(reportText(result, { ...checked, next }));
}

async function runOutput(step: Step): Promise<string> {
  const seen = await observationOf(step);
  const { response, startMs } = callOfRun(seen)!;
  const traceId = seen.run.output?.traceId ?? undefined;
  const traced = seen.services.filter(isTraced).map(({ title }) => title);
  const trace = seen.traces.find((one) => one.traceId === traceId) ?? traceOfCall(seen);
  return callText({
    status: response!.status,
    body: parsed(response!.body),
    durationMs: response!.endMs - startMs,
    ...(traceId && { traceId }),
    ...(traced.length > 0 && { url: pageUrl(USUAL_BACKEND, traceId, traced) }),
    ...(trace && { trace }),
  });
}
