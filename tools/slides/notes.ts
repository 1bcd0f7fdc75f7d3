import type { Tokens } from 'marked';
import { UserError } from '../../workshop/errors.ts';
import { type Minutes, type Notes, type ScheduleName, schedules } from './model.ts';

/**
 * Reads a slide's notes, which are a list:
 *
 *     - minutes: 1 · 3        in the 90 minutes and in the half day; 0 leaves out the slide
 *     - minutes: 0 · 0 · 2    also in chapter 2; it and the chapters after it, in this order, are 0 by default
 *     - minutes: 1 · 3, optional    a slide to skip if there is little time left
 *     - say: …
 *     - show: …
 *     - asked: …
 *     - wrong: …
 *
 * @throws UserError naming the slide, if an item is missing, unknown, or empty, or the minutes are invalid
 */
export function readNotes(list: Tokens.List | undefined, place: string): Notes {
  const said = new Map<string, string>();
  for (const { text } of list?.items ?? []) {
    const [, name, value] = /^(\w+):\s*([^]*)$/.exec(text) ?? [];
    if (!name)
      throw new UserError(`${place}: the note "${text.slice(0, 40)}" must begin with one of ${names()}.`);
    said.set(name, value!.trim().replaceAll(/\s*\n\s*/g, ' '));
  }

  const fields = Object.fromEntries(
    noteNames.map((name) => {
      const text = said.get(name);
      if (!text) throw new UserError(`${place}: the notes have no "${name}:"; they need ${names()}.`);
      said.delete(name);
      return [name, text];
    }),
  ) as Record<(typeof noteNames)[number], string>;
  if (said.size > 0)
    throw new UserError(`${place}: unknown note "${[...said.keys()][0]}:"; there are ${names()}.`);

  const [, minutes, optional] = /^(.*?)(, optional)?$/.exec(fields.minutes)!;
  return { ...fields, minutes: readMinutes(minutes!, place), optional: optional !== undefined };
}

const noteNames = ['minutes', 'say', 'show', 'asked', 'wrong'] as const;

function names(): string {
  return noteNames.map((name) => `"${name}:"`).join(', ');
}

function readMinutes(text: string, place: string): Minutes {
  const schedulesInOrder = Object.keys(schedules) as ScheduleName[];
  const numbers = text.split('·').map(Number);
  if (
    numbers.length > schedulesInOrder.length ||
    !numbers.every((number) => number >= 0 && (number * 2) % 1 === 0)
  ) {
    throw new UserError(
      `${place}: "minutes: ${text}" is invalid: write the minutes for 90 minutes and for half a day, as in "minutes: 1.5 · 3", and optionally for chapters 2 to ${schedulesInOrder.length - 1}.`,
    );
  }
  const [ninety, halfDay = ninety, ...ofChapters] = numbers;
  const all = [ninety, halfDay, ...ofChapters];
  return Object.fromEntries(schedulesInOrder.map((name, index) => [name, all[index] ?? 0])) as Minutes;
}
