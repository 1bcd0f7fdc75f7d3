/** Programs that solve a step in a different way than its folder does: the check must pass. */
import { test } from 'node:test';
import { evaluate, readLesson } from '#workshop/check/check';
import type { MoveReport } from '#workshop/check/judges/moving-endpoint';
import type { Observation } from '#workshop/check/observation';
import { assertPassed, stepNumber } from '../check/support.ts';
import { observed } from '../support/observed.ts';

const programs: [step: number, title: string, edit: (seen: Observation) => void][] = [
  [
    23,
    'bands-api requests several protocols, and tracing.ts does it all',
    ({ relations, sources }) => {
      for (const relation of relations)
        relation.requirer = { receivers: '["zipkin","otlp_grpc"]', other: '' };
      sources.set('bands-api/tracing.ts', 'const tracing = new TracingEndpointRequirer(unit, { protocols })');
    },
  ],
  [
    24,
    'what is dropped is logged as JSON, with the new endpoint, in two parts',
    (seen) => {
      const dropped = droppedBy('reviews-api', seen);
      const entry = (count: number) =>
        JSON.stringify({
          level: 40,
          time: 1_764_345_600_000,
          pid: 7,
          dropped: count,
          msg: 'to localhost:4317',
        });
      sayInstead('reviews-api', [entry(dropped - 5), entry(5)], seen);
    },
  ],
  [
    24,
    'the count is never reset, and is also said at the end',
    (seen) => {
      const dropped = droppedBy('bands-api', seen);
      sayInstead('bands-api', ['dropping', `${dropped} spans dropped`, `In all, dropped ${dropped}`], seen);
    },
  ],
];

for (const [number, title, edit] of programs) {
  test(`step ${number}: ${title}`, async () => {
    const step = stepNumber(number);
    const seen = structuredClone(await observed(step));
    seen.slowness = 1;
    edit(seen);
    assertPassed(evaluate(await readLesson(step.folder), seen));
  });
}

/** How many spans a service has dropped, as move.ts reports. */
function droppedBy(service: string, { programs: printed }: Observation): number {
  const report = JSON.parse(printed.get('move.ts')!.stdout.at(-1)!) as MoveReport;
  const { sent, arrived } = report.services[service]!.withdrawn;
  return sent - arrived;
}

/** Replaces the lines in which a service says what it has dropped. */
function sayInstead(service: string, said: string[], { lines }: Observation): void {
  lines.set(service, [...lines.get(service)!.filter((line) => !/dropped/.test(line)), ...said]);
}
