import { schedules } from '../model.ts';

const names = Object.keys(schedules);

/**
 * Keeps the slides of one way to give the talk: `?schedule=` and its name, or `all`; the first if none is named. A slide
 * knows its minutes for each; those of 0 are taken out. Tells the speaker view how long each slide should take.
 */
export function chooseSchedule(): void {
  const asked = new URLSearchParams(location.search).get('schedule') ?? '';
  const schedule = [...names, 'all'].includes(asked) ? asked : names[0]!;
  document.documentElement.dataset.schedule = schedule;
  const sections = [...document.querySelectorAll<HTMLElement>('section.slide')];

  for (const [index, section] of sections.entries()) {
    // The code before a change belongs to the slide behind it.
    const timed = section.classList.contains('before') ? sections[index + 1]! : section;
    const minutes = minutesOf(timed, schedule);
    if (minutes === 0 && schedule !== 'all') section.remove();
    section.dataset.timing = String(timed === section ? minutes * 60 : 0);
  }
  for (const column of document.querySelectorAll('.slides > section')) {
    if (column.children.length === 0) column.remove();
  }
  for (const [index, number] of document.querySelectorAll('section.slide .number').entries()) {
    number.textContent = String(index + 1);
  }
}

/** How long a slide takes in a schedule; in all of them together, the longest. */
export function minutesOf(section: HTMLElement, schedule: string): number {
  const minutes = (name: string) => Number(section.getAttribute(`data-${name}`));
  return schedule === 'all' ? Math.max(...names.map(minutes)) : minutes(schedule);
}
