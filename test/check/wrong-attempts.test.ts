import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLesson } from '#workshop/check/check';
import { mistakes } from './mistakes.ts';
import { assertFound, fewAtATime, judgeEdited, runMistake, stepNumber } from './support.ts';

for (const mistake of mistakes.filter(({ edit }) => edit)) {
  test(`step ${mistake.step}, as an edited observation: ${mistake.title}`, async () => {
    assertFound(await judgeEdited(mistake), mistake);
  });
}

const live = mistakes.filter((mistake) => mistake.live);
const results = fewAtATime(3, live, runMistake);
for (const [index, mistake] of live.entries()) {
  test(`step ${mistake.step}: ${mistake.title}`, async () => assertFound(await results[index]!, mistake));
}

test('each expectation of chapter 1 has a wrong program that does not meet it', async () => {
  for (let step = 1; step <= 10; step++) {
    const { expectations } = await readLesson(stepNumber(step).folder);
    const own = mistakes.filter((mistake) => mistake.step === step);
    const untested = expectations.filter(({ expect }) => !own.some((mistake) => mistake.expect.test(expect)));
    assert.deepEqual(
      untested.map(({ expect }) => expect),
      [],
    );
  }
});
