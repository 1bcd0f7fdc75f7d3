/** Programs that solve a step in a different way than its folder does: the check must pass. */
import { test } from 'node:test';
import { evaluate, readLesson } from '#workshop/check/check';
import { assertPassed, stepNumber } from '../check/support.ts';
import { observed, unobservable } from '../support/observed.ts';
import { testRules } from './rules.ts';

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
  [
    17,
    'exemplars have the id of the span too',
    (line) => line.replace('# {', '# {span_id="b7ad6b7169203331",'),
  ],
  [
    17,
    'durations are rounded to microseconds',
    (line) => line.replace(/(?<=# \{.*\} )(\d+\.\d+)/, (value) => Number(value).toFixed(6)),
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

const rules: [title: string, change: (rules: string) => string][] = [
  [
    'alerts have a severity, other texts, and wait longer',
    (text) =>
      text
        .replaceAll(/^( +)annotations:$/gm, (line, indent) => `${line}\n${indent}  severity: page`)
        .replaceAll('for: 10s', 'for: 15s')
        .replaceAll(/summary: .*/g, 'summary: look at it'),
  ],
  [
    'an alert computes its indicator itself, and the one for slow requests is upside down',
    (text) =>
      text.replace(
        /expr: job:http_server_requests_within_300ms:ratio30s < 0\.95/,
        'expr: 1 - job:http_server_requests_within_300ms:ratio30s > 0.05',
      ),
  ],
  [
    'the alert for slow requests watches a percentile',
    (text) =>
      text.replace(
        'job:http_server_requests_within_300ms:ratio30s < 0.95',
        'histogram_quantile(0.95, sum by (job, le) (rate(http_server_request_duration_seconds_bucket[30s]))) > 0.3',
      ),
  ],
];
for (const [title, change] of rules) {
  const step = stepNumber(18);
  test(`step 18: ${title}`, { skip: await unobservable(step) }, async () => {
    const seen = structuredClone(await observed(step));
    seen.ruleTests = await testRules(change);
    assertPassed(evaluate(await readLesson(step.folder), seen));
  });
}
