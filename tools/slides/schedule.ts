import { startOf, type Step } from '../../workshop/course/list.ts';
import { clock } from './clock.ts';
import { beginsSystem, type Chapter, type Deck, schedules, type ScheduleName } from './model.ts';

/** A part of a schedule. Minutes; `startsAt` from the beginning of the talk. */
export interface Slot {
  startsAt: number;
  minutes: number;
  /** How many of these minutes people type. */
  handsOn: number;
  title: string;
  /** The step to put into the working copy: where people begin to type, or the finished step if it is only shown. */
  step?: string;
}

/** The chapters of the talk with their times, from the minutes in the notes; those of 0 minutes are left out. */
export function slotsOf(deck: Deck, schedule: ScheduleName): Slot[] {
  let startsAt = 0;
  const slots: Slot[] = [];
  for (const chapter of deck.chapters) {
    const slot = slotOf(chapter, schedule);
    if (slot.minutes === 0) continue;
    slots.push({ ...slot, startsAt });
    startsAt += slot.minutes;
  }
  return slots;
}

/** A schedule as a Markdown table. */
export function scheduleTable(deck: Deck, schedule: ScheduleName): string {
  const slots = slotsOf(deck, schedule);
  const rows = slots.map(({ startsAt, minutes, handsOn, title, step }) =>
    row(clock(startsAt), minutes, handsOn || '', title, step === undefined ? '' : `\`npm run step ${step}\``),
  );
  const sum = (count: (slot: Slot) => number) => slots.reduce((total, slot) => total + count(slot), 0);
  const total = sum(({ minutes }) => minutes);
  const handsOn = sum((slot) => slot.handsOn);
  return [
    row('start', 'minutes', 'typing', 'part', 'begin with'),
    '|---|---|---|---|---|',
    ...rows,
    row(clock(total), `**${total}**`, `**${handsOn}**`, '**end**', ''),
  ].join('\n');
}

/** The schedule with this name; undefined if there is none. */
export function scheduleNamed(name: string): ScheduleName | undefined {
  return (Object.keys(schedules) as ScheduleName[]).find((known) => known === name);
}

function slotOf(chapter: Chapter, schedule: ScheduleName): Omit<Slot, 'startsAt'> {
  const { slides, title, step } = chapter;
  const minutesOf = (some: typeof slides) =>
    some.reduce((sum, { notes }) => sum + notes.minutes[schedule], 0);
  const handsOn = minutesOf(slides.filter(({ kind }) => kind === 'turn'));
  return {
    minutes: minutesOf(slides),
    handsOn,
    title,
    ...(step && { step: handsOn > 0 ? beginOf(chapter, step) : String(step.number) }),
  };
}

/** The step to begin typing with: its start if it has one; otherwise the step itself if it begins a system, or the one before. */
function beginOf(chapter: Chapter, step: Step): string {
  if (startOf(step)) return `${step.number}/start`;
  return String(beginsSystem(chapter) ? step.number : step.number - 1);
}

function row(...cells: (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}
