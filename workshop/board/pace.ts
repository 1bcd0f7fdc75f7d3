/** A part of the talk's schedule, in minutes from its beginning. */
export interface ScheduledPart {
  startsAt: number;
  minutes: number;
  title: string;
  /** The number of the step that it teaches; missing for other parts. */
  step?: number;
}

/** How the room compares with the schedule. */
export interface Pace {
  /** The part that the schedule is at; undefined before the beginning and after the end. */
  now: ScheduledPart | undefined;
  /** How many minutes the room is behind the schedule; negative if it is ahead. */
  behind: number;
}

/**
 * Compares the room with the schedule, `elapsed` minutes after its beginning. `workingOn` is the step that the room is
 * working on. The room is behind when the part for this step should have ended, and ahead while the part for an earlier step still
 * has time left.
 */
export function paceOf(schedule: readonly ScheduledPart[], workingOn: number, elapsed: number): Pace {
  const endOf = ({ startsAt, minutes }: ScheduledPart) => startsAt + minutes;
  const now = schedule.find((part) => elapsed >= part.startsAt && elapsed < endOf(part));
  const withStep = schedule.filter(({ step }) => step !== undefined);
  const working = withStep.find(({ step }) => step! >= workingOn);
  const done = withStep.findLast(({ step }) => step! < workingOn);

  const late = working ? elapsed - endOf(working) : 0;
  const early = done ? endOf(done) - elapsed : 0;
  return { now, behind: late > 0 ? Math.ceil(late) : early > 0 ? -Math.floor(early) : 0 };
}
