import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLesson } from '#workshop/check/check';
import { listSteps } from '#workshop/course/list';
import { mistakes as checkoutMistakes } from '../checkout/mistakes.ts';
import { mistakes as fleetMistakes } from '../fleet/mistakes.ts';
import { mistakes as operateMistakes } from '../operate/mistakes.ts';
import { mistakes as whereMistakes } from '../where/mistakes.ts';
import { mistakes } from './mistakes.ts';
import { testEdited, testLive } from './wrong-attempts.ts';

await testEdited(mistakes);
testLive(mistakes.filter(({ live }) => live));

test('each expectation of each step has a wrong program that does not meet it', async () => {
  const all = [...mistakes, ...checkoutMistakes, ...fleetMistakes, ...operateMistakes, ...whereMistakes];
  for (const { number, folder } of await listSteps()) {
    const { expectations } = await readLesson(folder);
    const own = all.filter(({ step }) => step === number);
    const untested = expectations.filter(({ expect }) => !own.some((mistake) => mistake.expect.test(expect)));
    assert.deepEqual(
      untested.map(({ expect }) => expect),
      [],
    );
  }
});
