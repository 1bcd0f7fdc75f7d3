import { boardReporter } from '../board/membership.ts';
import { checkWorkingCopy, passedBefore, type WorkingCopyResult } from '../check/check-working-copy.ts';
import type { Course } from '../course/course.ts';
import type { Step } from '../course/list.ts';
import { messageOf, UserError } from '../errors.ts';
import type { CheckedStep, CheckState } from '../viewer/lesson/session-state.ts';
import { openLatest } from './latest.ts';

/** Checks the working copy, again and again, and passes the state of each check to `show`. */
export function openChecks(course: Course, show: (state: CheckState) => void) {
  const latest = openLatest();
  const reportToBoard = boardReporter(course, console.error);
  let last: { step: Step; result: CheckedStep } | undefined;

  async function check(step: Step, signal: AbortSignal): Promise<void> {
    try {
      const earlier = await passedBefore(step, course);
      const found = await checkWorkingCopy(step, course, { earlier, signal });
      reportToBoard(found);
      const result = shown(found);
      last = { step, result };
      if (!signal.aborted) show({ isRunning: false, result });
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof UserError)) console.error(error);
      show({ isRunning: false, problem: messageOf(error) });
    }
  }

  return {
    /** Checks against a step. A check that is still running looks at old code, and is ended. */
    start(step: Step): void {
      const before = last?.step.name === step.name ? last.result : undefined;
      show({ isRunning: true, ...(before && { result: before }) });
      latest.start((signal) => check(step, signal));
    },
    /** Ends the check that is running. */
    close: latest.stop,
  };
}

/** What the page shows of a result. */
function shown({ step, done, passed, inconclusive, regression, outcomes, editedFiles }: WorkingCopyResult) {
  return {
    step,
    done,
    passed,
    inconclusive,
    regression,
    editedFiles,
    outcomes: outcomes.map(({ expect, status, failure }) => {
      if (!failure) return { expect, status };
      const { found, cause, file, lines = [] } = failure;
      return { expect, status, failure: { found, cause, file, lines } };
    }),
  };
}
