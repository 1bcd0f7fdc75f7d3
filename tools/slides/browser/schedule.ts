import { clock } from '../clock.ts';
import { schedules, type ScheduleName } from '../model.ts';
import { showError } from './banner.ts';
import { plansOf, type TimedSlide } from './pace.ts';

const names = Object.keys(schedules) as ScheduleName[];

/**
 * Keeps only the slides of one schedule: the one that `?schedule=` names, or `all`; by default, the first that has the
 * slide in the URL. Shows an error for an unknown name. Slides of 0 minutes in the schedule are removed, except
 * the lobby, and the minutes of the others are added to their notes, for the speaker.
 */
export function chooseSchedule(): void {
  const requested = new URLSearchParams(location.search).get('schedule');
  const known = [...names, 'all'].find((name) => name === requested);
  const schedule = known ?? firstWith(location.hash.slice(2));
  if (requested !== null && !known) {
    showError(
      `There is no schedule "${requested}", only ${[...names, 'all'].join(', ')}. This is ${schedule}.`,
    );
  }
  document.documentElement.dataset.schedule = schedule;
  const sections = [...document.querySelectorAll<HTMLElement>('section.slide')];

  for (const [index, section] of sections.entries()) {
    // The code before a change belongs to the next section.
    const timed = section.classList.contains('before') ? sections[index + 1]! : section;
    const minutes = minutesOf(timed, schedule);
    if (minutes === 0 && schedule !== 'all' && !timed.classList.contains('lobby')) section.remove();
    section.dataset.timing = String(timed === section ? minutes * 60 : 0);
    section.querySelector('.notes .minutes')!.textContent = minutesText(timed, schedule);
  }
  for (const column of document.querySelectorAll('.slides > section')) {
    if (column.children.length === 0) column.remove();
  }
  for (const [index, number] of document.querySelectorAll('section.slide .number').entries()) {
    number.textContent = String(index + 1);
  }
  if (schedule !== 'all') addPlans();
}

/** Adds the place of each slide in the schedule to its notes; the lobby comes before the schedule. */
function addPlans(): void {
  const columns = [...document.querySelectorAll('.slides > section')];
  const sections = columns.flatMap((column) => [...column.children] as HTMLElement[]);
  const slides = columns.flatMap((column, index) =>
    ([...column.children] as HTMLElement[]).map((section, row): TimedSlide => {
      const { timing, optional } = section.dataset;
      return { seconds: Number(timing), optional: optional !== undefined, at: [index, row] };
    }),
  );
  for (const [index, plan] of plansOf(slides).entries()) {
    if (sections[index]!.classList.contains('lobby')) continue;
    const minutes = sections[index]!.querySelector<HTMLElement>('.notes .minutes')!;
    minutes.dataset.plan = JSON.stringify(plan);
    minutes.prepend(`${clock(plan.startsS / 60)} · `);
  }
}

/** The first schedule that has the slide; the default if none has it. */
function firstWith(id: string): string {
  const section = document.getElementById(id);
  return names.find((name) => section && minutesOf(section, name) > 0) ?? names[0]!;
}

/** The minutes of a slide as text: in one schedule, or in each that has the slide if the schedule is `all`. */
function minutesText(section: HTMLElement, schedule: string): string {
  if (section.classList.contains('lobby')) return 'before the talk';
  if (schedule !== 'all') return `${minutesOf(section, schedule)} min`;
  return names
    .filter((name) => minutesOf(section, name) > 0)
    .map((name) => `${minutesOf(section, name)} min (${schedules[name].title})`)
    .join(' · ');
}

/** The minutes of a slide in a schedule; for `all`, the longest. */
export function minutesOf(section: HTMLElement, schedule: string): number {
  const minutes = (name: string) => Number(section.getAttribute(`data-${name}`));
  return schedule === 'all' ? Math.max(...names.map(minutes)) : minutes(schedule);
}
