import { mkdir } from 'node:fs/promises';
import { relative } from 'node:path';
import type { UsedBackend } from '../backend/connect.ts';
import { beginningOf, listChapters } from '../course/chapters.ts';
import type { Course } from '../course/course.ts';
import { nextStep, positionOf } from '../course/current.ts';
import { type Difference, differenceBetween } from '../course/difference.ts';
import { isStart, type Step } from '../course/list.ts';
import { reachedStep, readProgress } from '../course/progress.ts';
import { putStep, restoreWork } from '../course/put.ts';
import { watchCourse } from '../course/watch-course.ts';
import { readWorkingCopy, saveWorkingCopy } from '../course/working-copy.ts';
import { messageOf, UserError } from '../errors.ts';
import type { ActionInput, ActionName, SessionState } from '../viewer/lesson/session-state.ts';
import { openChecks } from './checks.ts';
import { type Published, published } from './published.ts';
import { openRuns } from './runs.ts';
import { openQueue } from '../queue.ts';

/** The lesson while someone works on it: what the page shows, and what it can do. */
export interface Session {
  state: Published<SessionState>;
  /** Each resolves to a sentence for the reader, which may be empty. They throw UserError. */
  actions: Record<ActionName, (input: ActionInput) => Promise<string>>;
  /** What differs between the working copy and a step. Throws UserError if another process is changing the files. */
  difference(step: Step): Promise<Difference>;
  /** Ends what is running. */
  close(): Promise<void>;
}

const FEWEST_COLUMNS = 40;
const MOST_COLUMNS = 200;

/**
 * Opens the lesson at the step that the attendee is working toward (step 1 at first), and checks the working copy, now and after
 * each save. It follows what other commands do: another step in the working copy, or a check that passes.
 */
export async function openSession(course: Course, useBackend: () => Promise<UsedBackend>): Promise<Session> {
  const chapters = await listChapters(course);
  const steps = chapters.flat();
  let reached = await reachedStep(course);
  const isFirstTime = reached === '' && (await readProgress(course)).checked.length === 0;
  let selected = isFirstTime ? steps[0]! : stepNamed((await nextStep(course)).name);

  const state = published<SessionState>({
    steps: [],
    selected: selected.name,
    workingCopy: { number: selected.number, exact: false },
    saves: 0,
    services: [],
    problem: '',
    check: { isRunning: false },
    run: { isRunning: false, output: '', failed: false },
  });
  const checks = openChecks(course, (check) => state.change({ check }));
  const runs = openRuns(course.root, useBackend, (run) => state.change({ run }));

  function stepNamed(name: string | undefined): Step {
    const step = steps.find((each) => each.name === name);
    if (!step) throw new UserError(`There is no step "${name}".`);
    return step;
  }

  /** Reads what has been done so far, perhaps by other commands. */
  async function refresh(): Promise<void> {
    const [{ checked }, position] = await Promise.all([
      readProgress(course),
      readWorkingCopy(course).then((copy) => positionOf(copy, course)),
    ]);
    state.change({
      steps: chapters.flatMap((members, index) =>
        members.map(({ name, number, title }) => ({
          name,
          number,
          title,
          chapter: index + 1,
          passed: checked.includes(name),
        })),
      ),
      workingCopy: { number: position.step.number, exact: position.exact },
    });
    await followReached();
  }

  /** Goes on to the next step if another one was put into the working copy, but not as soon as this one passes. */
  async function followReached(): Promise<void> {
    const now = await reachedStep(course);
    if (now === reached) return;
    reached = now;
    if (now !== selected.name) select(stepNamed((await nextStep(course)).name));
  }

  function select(step: Step): void {
    if (step === selected) return;
    selected = step;
    state.change({ selected: step.name });
    checks.start(step);
  }

  /** The work with the files: only one piece of work of this process uses them at a time. */
  const files = openQueue();
  /** Does nothing if another process is still changing the files: the next change leads here again. */
  const refreshNext = () =>
    files.add(refresh).catch((error) => {
      if (!(error instanceof UserError)) console.error(error);
    });

  await mkdir(course.state, { recursive: true });
  const watcher = await watchCourse(course, {
    onSave() {
      state.change({ saves: state.value.saves + 1 });
      void refreshNext();
      checks.start(selected);
    },
    onProgress: () => void refreshNext(),
  });
  await refreshNext();
  checks.start(selected);

  const savedText = (folder: string | undefined) =>
    folder ? ` Your work was saved in ${relative(course.root, folder)}: Restore puts it back.` : '';

  return {
    state,
    actions: {
      async select({ step }) {
        select(stepNamed(step));
        return '';
      },
      async check() {
        checks.start(selected);
        return '';
      },
      async run({ columns = 100 }) {
        runs.start(Math.max(FEWEST_COLUMNS, Math.min(MOST_COLUMNS, Math.floor(columns))));
        return '';
      },
      async stop() {
        await runs.stop();
        return '';
      },
      async save() {
        const folder = await files.add(() => saveWorkingCopy(course));
        return folder
          ? `Your work was saved in ${relative(course.root, folder)}.`
          : 'There is nothing to save: the working copy is the same as a step.';
      },
      async reset() {
        const beginning = await beginningOf(selected, course);
        const saved = await files.add(() => putStep(beginning, course));
        const what = isStart(beginning)
          ? `The start of step ${beginning.number}`
          : `Step ${beginning.number}`;
        return `${what} is now in the working copy.${savedText(saved)}`;
      },
      async restore() {
        const { restored, saved } = await files.add(() => restoreWork(course));
        return `Your work from ${relative(course.root, restored.folder)} is back in the working copy.${savedText(saved)}`;
      },
    },
    difference: (step) => files.add(() => differenceBetween([step], course)),
    async close() {
      await Promise.all([watcher.close(), checks.close(), runs.stop(), files.idle()]);
    },
  };
}

/** A sentence for the page about a failed action. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof UserError)) console.error(error);
  return messageOf(error);
}
