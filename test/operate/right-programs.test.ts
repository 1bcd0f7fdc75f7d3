/** Programs that solve a step in a different way than its folder does: the check must pass. */
import { test } from 'node:test';
import { evaluate, readLesson } from '#workshop/check/check';
import type { Observation } from '#workshop/check/observation';
import { assertPassed, stepNumber } from '../check/support.ts';
import { observed, unobservable } from '../support/observed.ts';
import { addTraces, inMeasurements } from './measurements.ts';

const programs: [step: number, title: string, edit: (seen: Observation) => void][] = [
  [
    20,
    'tags are not sorted, errors have no message, and the program prints more',
    (seen) => {
      for (const [name, { stdout, stderr }] of seen.programs) {
        if (!/^(?:the|an unknown) trace/.test(name)) continue; // a program of another step
        const shown = JSON.parse(stdout.at(-1)!);
        shown.tags?.reverse();
        shown.errors = shown.errors?.map((error: string) => error.split(': ').slice(0, 2).join(': '));
        seen.programs.set(name, { stdout: ['Some output', JSON.stringify(shown)], stderr });
      }
    },
  ],
  [
    21,
    'the reply has words of its own, and the program logs something',
    (seen) => {
      const { stdout } = seen.programs.get('chatbot')!;
      const { traceId } = seen.run.output!;
      const asked = stdout.indexOf(`> show trace ${traceId}`);
      const operations = stdout.slice(asked).filter((line) => line.includes('operation'));
      seen.programs.set('chatbot', {
        stdout: [
          '> help',
          '  list traces            finds traces',
          '  show trace TRACE-ID    tells the story of a trace',
          '> show trace',
          'Which one? Ask for show trace and the id.',
          `> show trace ${traceId}`,
          'This happened:',
          ...operations.map((line) => line.replace(/.*: /, '- ')),
          `http://localhost:16686/trace/${traceId}`,
        ],
        stderr: ['A log line'],
      });
    },
  ],
  [
    22,
    'chance samples only 12 of 60 traces, and other requests are counted, too',
    (seen) =>
      inMeasurements((measurement) => {
        measurement.counted += 5;
        if (measurement.ratio !== 0.5) return;
        const ids = measurement.requests.map(({ traceId }) => traceId);
        const all = new Set(ids);
        seen.traces = seen.traces.filter(({ traceId }) => !all.has(traceId));
        addTraces(seen, ids.slice(0, 12));
      })(seen),
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
