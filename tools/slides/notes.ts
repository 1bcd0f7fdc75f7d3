import type { Tokens } from 'marked';
import { UserError } from '../../workshop/errors.ts';
import type { Minutes, Notes } from './model.ts';

/**
 * Reads a slide's notes, which are a list:
 *
 *     - minutes: 1 · 3        for the 90 minutes and for the half day; 0 leaves the slide out
 *     - minutes: 0 · 0 · 2    for chapter 2, too, which a slide is not in if nothing is said
 *     - say: …
 *     - show: …
 *     - asked: …
 *     - wrong: …
 *
 * @throws UserError naming the slide, when an item is missing, unknown or empty, or the minutes are none
 */
export function readNotes(list: Tokens.List | undefined, place: string): Notes {
  const said = new Map<string, string>();
  for (const { text } of list?.items ?? []) {
    const [, name, value] = /^(\w+):\s*([^]*)$/.exec(text) ?? [];
    if (!name)
      throw new UserError(`${place}: the note "${text.slice(0, 40)}" begins with none of ${names()}.`);
    said.set(name, value!.trim().replaceAll(/\s*\n\s*/g, ' '));
  }

  const fields = Object.fromEntries(
    noteNames.map((name) => {
      const text = said.get(name);
      if (!text) throw new UserError(`${place}: the notes lack "${name}:"; they need ${names()}.`);
      said.delete(name);
      return [name, text];
    }),
  ) as Record<(typeof noteNames)[number], string>;
  if (said.size > 0)
    throw new UserError(`${place}: the notes have "${[...said.keys()][0]}:", which is none of ${names()}.`);

  return { ...fields, minutes: readMinutes(fields.minutes, place) };
}

const noteNames = ['minutes', 'say', 'show', 'asked', 'wrong'] as const;

function names(): string {
  return noteNames.map((name) => `"${name}:"`).join(', ');
}

function readMinutes(text: string, place: string): Minutes {
  const numbers = text.split('·').map(Number);
  const [ninety, halfDay = ninety, messages = 0] = numbers;
  const isUsable = numbers.length <= 3 && numbers.every((number) => number >= 0 && (number * 2) % 1 === 0);
  if (!isUsable || ninety === undefined || halfDay === undefined) {
    throw new UserError(
      `${place}: "minutes: ${text}" is not a number for 90 minutes and one for half a day, as in "minutes: 1.5 · 3", nor a third for chapter 2.`,
    );
  }
  return { ninety, 'half-day': halfDay, messages };
}
