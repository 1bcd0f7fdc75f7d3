import { schedules, type ScheduleName } from '../model.ts';
import { showFault } from './banner.ts';

const names = Object.keys(schedules) as ScheduleName[];

/**
 * Keeps the slides of one way to give the talk: `?schedule=` and its name, or `all`; if none is named, the first that
 * has the slide that the address leads to. A name that is none is told. A slide knows its minutes for each; those of 0
 * are taken out. Tells the speaker how long each slide should take.
 */
export function chooseSchedule(): void {
  const asked = new URLSearchParams(location.search).get('schedule');
  const known = [...names, 'all'].find((name) => name === asked);
  const schedule = known ?? firstWith(location.hash.slice(2));
  if (asked !== null && !known) {
    showFault(
      `There is no schedule "${asked}". There are: ${[...names, 'all'].join(', ')}. This is ${schedule}.`,
    );
  }
  document.documentElement.dataset.schedule = schedule;
  const sections = [...document.querySelectorAll<HTMLElement>('section.slide')];

  for (const [index, section] of sections.entries()) {
    // The code before a change belongs to the slide behind it.
    const timed = section.classList.contains('before') ? sections[index + 1]! : section;
    const minutes = minutesOf(timed, schedule);
    if (minutes === 0 && schedule !== 'all') section.remove();
    section.dataset.timing = String(timed === section ? minutes * 60 : 0);
    section.querySelector('.notes .minutes')!.textContent = minutesText(timed, schedule);
  }
  for (const column of document.querySelectorAll('.slides > section')) {
    if (column.children.length === 0) column.remove();
  }
  for (const [index, number] of document.querySelectorAll('section.slide .number').entries()) {
    number.textContent = String(index + 1);
  }
}

/** The first schedule that has a slide; the very first if none has it. */
function firstWith(id: string): string {
  const section = document.getElementById(id);
  return names.find((name) => section && minutesOf(section, name) > 0) ?? names[0]!;
}

/** How long a slide takes, in words: in the schedule that is shown, or in each that has it if all are. */
function minutesText(section: HTMLElement, schedule: string): string {
  if (schedule !== 'all') return `${minutesOf(section, schedule)} min`;
  return names
    .filter((name) => minutesOf(section, name) > 0)
    .map((name) => `${minutesOf(section, name)} min (${schedules[name].title})`)
    .join(' · ');
}

/** How long a slide takes in a schedule; in all of them together, the longest. */
export function minutesOf(section: HTMLElement, schedule: string): number {
  const minutes = (name: string) => Number(section.getAttribute(`data-${name}`));
  return schedule === 'all' ? Math.max(...names.map(minutes)) : minutes(schedule);
}
