/** Whether the talk is on schedule, and which slides to skip if it isn't. */

/** A slide of a schedule. The code before a change has 0 seconds, because its time is that of the next slide. */
export interface TimedSlide {
  seconds: number;
  /** Whether people can do without it. */
  optional: boolean;
  /** Its column and row, as reveal.js counts them. */
  at: [column: number, row: number];
}

/** Consecutive slides that can be skipped: from one slide number to another. */
export interface Skip {
  from: number;
  to: number;
  /** The column and row of the slide to go to. */
  at: [column: number, row: number];
  /** The time that this saves. */
  seconds: number;
}

/** The place of a slide in a schedule. Seconds are counted from the beginning of the talk. */
export interface Plan {
  number: number;
  startsS: number;
  endsS: number;
  /** What can be skipped after this slide. */
  skips: Skip[];
}

/** How the talk compares with the schedule, and what to do about it. */
export interface Pace {
  state: 'ahead' | 'on-schedule' | 'behind';
  text: string;
  advice: string;
  /** The skip of the advice that begins at the current slide, if any. */
  now?: Skip;
}

/** Smaller differences don't matter. */
const TOLERANCE_S = 60;
/** More skips than these are too many to read at a glance. */
const MAX_SKIPS = 3;

/** The plans of the slides of a schedule, in order. */
export function plansOf(slides: readonly TimedSlide[]): Plan[] {
  let startsS = 0;
  return slides.map(({ seconds }, index) => {
    // The code before a change ends when the change does.
    const endsS = startsS + (seconds || (slides[index + 1]?.seconds ?? 0));
    const plan = { number: index + 1, startsS, endsS, skips: skipsAfter(index, slides) };
    startsS += seconds;
    return plan;
  });
}

function skipsAfter(index: number, slides: readonly TimedSlide[]): Skip[] {
  const skips: Skip[] = [];
  let seconds = 0;
  let from = index + 1;
  for (const [offset, slide] of slides.slice(index + 1).entries()) {
    const number = index + 2 + offset;
    if (slide.optional) {
      seconds += slide.seconds;
      continue;
    }
    if (seconds > 0) skips.push({ from, to: number, at: slide.at, seconds });
    seconds = 0;
    from = number;
  }
  return skips;
}

/** Compares the time since the beginning of the talk with the plan of the current slide. */
export function paceOf({ number, startsS, endsS, skips }: Plan, elapsedS: number): Pace {
  const earlyS = startsS - elapsedS;
  const lateS = elapsedS - endsS;
  if (earlyS >= TOLERANCE_S) {
    return { state: 'ahead', text: `${minutes(earlyS)} ahead`, advice: 'There is time for a question.' };
  }
  if (lateS < TOLERANCE_S) return { state: 'on-schedule', text: 'On schedule', advice: '' };

  const chosen: Skip[] = [];
  let savedS = 0;
  for (const skip of skips.slice(0, MAX_SKIPS)) {
    if (savedS >= lateS) break;
    chosen.push(skip);
    savedS += skip.seconds;
  }
  const [first] = chosen;
  return {
    state: 'behind',
    text: `${minutes(lateS)} behind`,
    advice: first
      ? `Skip ${chosen.map(({ from, to }) => `from ${from} to ${to}`).join(', ')}: this saves ${savedS / 60} min.`
      : 'No more slides can be skipped: take fewer questions.',
    ...(first?.from === number && { now: first }),
  };
}

function minutes(seconds: number): string {
  return `${Math.floor(seconds / 60)} min`;
}
