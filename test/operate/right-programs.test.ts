/** Programs that solve a step in another way than its folder does: the check must pass. */
import { test } from 'node:test';
import { evaluate, readLesson } from '#workshop/check/check';
import type { Observation } from '#workshop/check/observation';
import { assertPassed, stepNumber } from '../check/support.ts';
import { observed, unobservable } from '../support/observed.ts';

const programs: [step: number, title: string, edit: (seen: Observation) => void][] = [
  [
    20,
    'tags are not sorted, errors have no message, and the program prints more',
    (seen) => {
      for (const [name, { stdout, stderr }] of seen.programs) {
        const shown = JSON.parse(stdout.at(-1)!);
        shown.tags?.reverse();
        shown.errors = shown.errors?.map((error: string) => error.split(': ').slice(0, 2).join(': '));
        seen.programs.set(name, { stdout: ['Some output', JSON.stringify(shown)], stderr });
      }
    },
  ],
];

for (const [number, title, edit] of programs) {
  const step = stepNumber(number);
  test(`step ${number}: ${title}`, { skip: await unobservable(step) }, async () => {
    const seen = structuredClone(await observed(step));
    seen.slowness = 1;
    edit(seen);
    assertPassed(evaluate(await readLesson(step.folder), seen));
  });
}
