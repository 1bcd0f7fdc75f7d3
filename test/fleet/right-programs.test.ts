/** Programs that solve a step in another way than its folder does: the check must pass. */
import { test } from 'node:test';
import { evaluate, readLesson } from '#workshop/check/check';
import { assertPassed, stepNumber } from '../check/support.ts';
import { observed, unobservable } from '../support/observed.ts';

/** What each line of a scrape becomes, by what the program does. */
const programs: [step: number, title: string, line: (line: string) => string][] = [
  [
    16,
    'the format is OpenMetrics, with exemplars',
    (line) =>
      /_bucket\{/.test(line)
        ? `${line} # {trace_id="0af7651916cd43dd8448eb211c80319c"} 0.021 1764313200.123`
        : line || '# EOF',
  ],
  [
    16,
    'the series have one more label, in another order',
    (line) => line.replace(/^(http_server_\w+)\{(.*)\}/, '$1{url_scheme="http",$2}'),
  ],
];

for (const [number, title, edit] of programs) {
  const step = stepNumber(number);
  test(`step ${number}: ${title}`, { skip: await unobservable(step) }, async () => {
    const seen = structuredClone(await observed(step));
    seen.slowness = 1;
    for (const { path, response } of seen.calls.values()) {
      if (path === '/metrics' && response) response.body = response.body.split('\n').map(edit).join('\n');
    }
    assertPassed(evaluate(await readLesson(step.folder), seen));
  });
}
