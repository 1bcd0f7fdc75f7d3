import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Chapter, schedules, type ScheduleName, type Slide } from '#tools/slides/model';
import { readDeck } from '#tools/slides/read';
import { scheduleTable, slotsOf } from '#tools/slides/schedule';
import { listSteps } from '#workshop/course/list';
import { typingMinutes } from './typing.ts';

const deck = await readDeck();
const steps = await listSteps();
const names = Object.keys(schedules) as ScheduleName[];

/** The slides of a schedule with their chapters. */
function slidesIn(name: ScheduleName): { slide: Slide; chapter: Chapter; minutes: number }[] {
  return deck.chapters.flatMap((chapter) =>
    chapter.slides
      .map((slide) => ({ slide, chapter, minutes: slide.notes.minutes[name] }))
      .filter(({ minutes }) => minutes > 0),
  );
}

const minutesOf = (name: ScheduleName, chapter: string) =>
  slidesIn(name)
    .filter((each) => each.chapter.name.startsWith(chapter))
    .reduce((sum, { minutes }) => sum + minutes, 0);

for (const name of names) {
  const { title, minutes } = schedules[name];

  test(`${title}: the minutes in the notes add up, with breaks and questions`, () => {
    const slots = slotsOf(deck, name);
    const last = slots.at(-1)!;
    assert.equal(last.startsAt + last.minutes, minutes);
    for (const [index, { startsAt, minutes: before }] of slots.slice(0, -1).entries()) {
      assert.equal(slots[index + 1]!.startsAt, startsAt + before);
    }
    assert.match(scheduleTable(deck, name), new RegExp(`\\*\\*${minutes}\\*\\*`));

    assert.ok(minutesOf(name, 'questions') >= 5, 'at least five minutes for questions');
    let sinceBreak = 0;
    for (const slot of slots) {
      sinceBreak = slot.title === 'Break' && slot.minutes >= 10 ? 0 : sinceBreak + slot.minutes;
      assert.ok(sinceBreak <= 85, `${sinceBreak} minutes without a break up to the end of ${slot.title}`);
    }
  });

  test(`${title}: people have the time to type the code of each step that they type`, async () => {
    for (const { slide, chapter, minutes: given } of slidesIn(name)) {
      const before = steps.find(({ number }) => number + 1 === chapter.step?.number);
      const commands = slide.body.map(({ raw }) => raw).join('');
      if (slide.kind !== 'turn' || !before || !commands.includes('npm run check')) continue;
      if (chapter.step!.number === 11) continue; // It begins a system: there is nothing to type.
      const needed = await typingMinutes(before, chapter.step!);
      assert.ok(given >= needed, `${slide.place}: ${given} minutes, but it takes ${needed} to type`);
    }
  });
}

test('in 90 minutes, people type steps 1 to 6 and see 7 to 10, on at most 60 slides', () => {
  const typed = slotsOf(deck, 'ninety').flatMap(({ handsOn, step }) => (step ? [handsOn > 0] : []));
  assert.deepEqual(typed, [true, true, true, true, true, true, false, false, false, false]);
  assert.ok(minutesOf('ninety', 'break') >= 10);
  assert.ok(slidesIn('ninety').length <= 60, `${slidesIn('ninety').length} slides`);
});

test('in half a day and in the later chapters, people type every step', () => {
  const typed = names
    .filter((name) => name !== 'ninety')
    .flatMap((name) => slotsOf(deck, name).filter(({ handsOn, step }) => step && handsOn > 0));
  assert.equal(typed.length, steps.length);
});
