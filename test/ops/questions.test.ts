/** What people write to a tool, and what they are told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAlertsQuestion, readSampling, readTracesQuestion } from '#shared/ops/client/questions.ts';
import { reportText } from '#shared/ops/client/report-text.ts';
import {
  alertsReport,
  durationText,
  logsReport,
  samplingReport,
  timeText,
  traceReport,
  tracesReport,
  versionReport,
} from '#shared/ops/client/reports.ts';
import { UsageError } from '#workshop/errors';

const nowMs = Date.parse('2026-11-28T12:00:00Z');
const ns = (ms: number) => `${ms}000000`;
const time = ns(Date.parse('2026-11-28T11:59:58.123Z'));

test('a question for traces becomes a request', () => {
  const words = [
    'service=followers-api',
    'operation=GET /followers/:name',
    'tag=a=b',
    'tag=quote="',
    'error',
    'min=300ms',
    'max=1m30s',
    'since=10m',
    'end=2026-11-28T13:00:00+01:00',
    'limit=5',
  ];
  assert.deepEqual(readTracesQuestion(words, nowMs), {
    service: 'followers-api',
    operation: 'GET /followers/:name',
    tags: ['a=b', 'quote="', 'error'],
    start: ns(nowMs - 600_000),
    end: ns(nowMs),
    duration_min: ns(300),
    duration_max: ns(90_000),
    search_depth: 5,
  });
  assert.equal(readTracesQuestion(['start=2026-11-28T12:00Z']).start, ns(nowMs));
  assert.deepEqual(readTracesQuestion([]), {
    service: '',
    operation: '',
    tags: [],
    start: '0',
    end: '0',
    duration_min: '0',
    duration_max: '0',
    search_depth: 0,
  });
});

test('a question for alerts, and how much to sample', () => {
  assert.deepEqual(
    readAlertsQuestion(['label=alertname=SlowRequests', 'state=firing', 'at=2026-11-28T12:00:00Z']),
    { labels: ['alertname=SlowRequests'], states: ['firing'], active_at: ns(nowMs) },
  );
  assert.deepEqual(readSampling(['never']), { type: 'NEVER', float_value: 0 });
  assert.deepEqual(readSampling(['always']), { type: 'ALWAYS', float_value: 0 });
  assert.deepEqual(readSampling(['.1']), { type: 'FLOAT', float_value: 0.1 });
  assert.deepEqual(readSampling(['float', '1']), { type: 'FLOAT', float_value: 1 });
});

test('what makes no sense is refused with one sentence', () => {
  const table: [read: () => unknown, sentence: RegExp][] = [
    [
      () => readTracesQuestion(['servce=a']),
      /^"servce" is not an option: the options are service, operation/,
    ],
    [() => readTracesQuestion(['constructor=a']), /^"constructor" is not an option/],
    [() => readTracesQuestion(['=a']), /^"" is not an option/],
    [() => readTracesQuestion(['service']), /^"service" can't be read: write it like service=followers-api$/],
    [() => readTracesQuestion(['service=']), /^"service=" can't be read/],
    [() => readTracesQuestion(['error=yes']), /^"error=yes" can't be read: write it like error$/],
    [() => readTracesQuestion(['min=1s', 'min=2s']), /^min is given twice/],
    [() => readTracesQuestion(['min=slow']), /^min is "slow", which is not a duration: write 300ms/],
    [() => readTracesQuestion(['max=-1s']), /^max is "-1s", which is not a duration/],
    [() => readTracesQuestion(['since=0']), /^since is "0", which is not a duration/],
    [() => readTracesQuestion(['since=99999999h']), /^since is "99999999h", which is not a duration/],
    [() => readTracesQuestion(['since=900000h']), /^since is "900000h", which is before 1970/],
    [() => readTracesQuestion(['start=12:00']), /^start is "12:00", which is not a time/],
    [() => readTracesQuestion(['start=2026-11-28T12:00:00']), /which is not a time: .* such as \+01:00\.$/],
    [
      () => readTracesQuestion(['end=2026-13-28T12:00:00Z']),
      /^end is "2026-13-28T12:00:00Z", which is not a time/,
    ],
    [
      () => readTracesQuestion(['end=2300-01-01T00:00:00Z']),
      /^end is "2300-01-01T00:00:00Z", which is not a/,
    ],
    [() => readTracesQuestion(['since=1m', 'start=2026-11-28T12:00:00Z']), /^since and start both say/],
    [() => readTracesQuestion(['limit=0']), /^limit is "0", but must be a whole number from 1 to 1000\.$/],
    [() => readTracesQuestion(['limit=1001']), /^limit is "1001"/],
    [() => readTracesQuestion(['limit=1e2']), /^limit is "1e2"/],
    [() => readAlertsQuestion(['name=x']), /^"name" is not an option: the options are label, state, at\.$/],
    ...[[], ['sometimes'], ['0'], ['1.1'], ['-0.1'], ['float'], ['never', '0.1'], ['1e-1'], ['NaN']].map(
      (words): [() => unknown, RegExp] => [
        () => readSampling(words),
        /doesn't say how much to sample: say never, always, or a ratio/,
      ],
    ),
  ];
  for (const [read, sentence] of table)
    assert.throws(
      read,
      (error) => error instanceof UsageError && sentence.test(error.message),
      String(sentence),
    );
});

test('times are in the zone of the reader, durations in the unit that fits', () => {
  assert.equal(timeText(time, 'UTC'), '2026-11-28 11:59:58.123');
  assert.equal(timeText(time, 'Asia/Kolkata'), '2026-11-28 17:29:58.123');
  assert.equal(durationText('862000000'), '862 ms');
});

test('reports say what was found', () => {
  const trace = { id: 'a1', start: time };
  assert.deepEqual(tracesReport({ traces: [trace] }, 'UTC'), {
    sentence: '1 trace, newest first:',
    columns: ['start', 'trace id'],
    rows: [['2026-11-28 11:59:58.123', 'a1']],
  });
  assert.equal(tracesReport({ traces: [] }).sentence, 'No trace matches.');

  const shown = {
    id: 'a1',
    url: 'http://x/trace/a1',
    operations: ['a: b'],
    tags: ['k=v'],
    duration: ns(862),
  };
  assert.equal(traceReport({ ...shown, errors: [] }).sentence, 'Trace a1 took 862 ms, with no errors:');
  assert.deepEqual(traceReport({ ...shown, errors: ['a: b: no'] }).rows, [
    ['page', 'http://x/trace/a1'],
    ['operation', 'a: b'],
    ['error', 'a: b: no'],
    ['tag', 'k=v'],
  ]);

  const line = { time, service: 'a', severity: '', text: 'exception', span_id: '' };
  assert.deepEqual(logsReport({ lines: [line] }, 'UTC').rows, [
    ['2026-11-28 11:59:58.123', 'a', 'event', 'exception'],
  ]);
  assert.match(logsReport({ lines: [] }).sentence, /no log lines or events/);

  const labels = { alertname: 'Slow', job: 'a' };
  const alert = { labels, state: 'firing', value: 1, active_at: time, summary: '' };
  assert.deepEqual(alertsReport({ alerts: [alert] }, 'UTC').rows, [
    ['Slow', 'firing', '2026-11-28 11:59:58.123', 'job=a'],
  ]);
  assert.equal(alertsReport({ alerts: [] }).sentence, 'No alert matches.');
});

test('reports say which versions run, and which instances confirmed a ratio', () => {
  const one = { instance: 'x:1', version: '1.0' };
  const same = { instances: [one], differ: false };
  assert.equal(versionReport('a', same).sentence, '1 instance of a runs version 1.0:');
  const both = { ...same, instances: [one, one] };
  assert.equal(versionReport('a', both).sentence, '2 instances of a run version 1.0:');
  assert.equal(
    versionReport('a', { ...same, differ: true }).sentence,
    'Different versions of a are running:',
  );

  const sentence = (ratio: number, confirmed: string[], unconfirmed: string[]) =>
    samplingReport('a', { ratio, confirmed, unconfirmed }).sentence;
  assert.equal(sentence(0.1, ['x'], []), 'a samples 10 % of its traces:');
  assert.equal(sentence(0, ['x'], []), 'a samples none of its traces:');
  assert.equal(
    sentence(1, ['x'], ['y']),
    'a should sample all of its traces, but only 1 of 2 instances confirmed it:',
  );
  assert.equal(
    sentence(1, [], ['x', 'y']),
    'a should sample all of its traces, but no instance confirmed it:',
  );
  assert.equal(sentence(0.07, [], []), 'The next run of a samples 7 % of its traces.');
});

test('the text of a report is aligned, and safe for a terminal', () => {
  const report = {
    sentence: '2 lines:',
    columns: ['a', 'text'],
    rows: [
      ['long', '\x1b[31mred'],
      ['x', 'é'],
    ],
  };
  assert.equal(reportText(report), '2 lines:\n\na     text\nlong  ␛[31mred\nx     é');
  assert.equal(reportText({ sentence: 'None.', columns: ['a'], rows: [] }), 'None.');
});
