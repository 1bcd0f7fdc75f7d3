import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { serviceColors, serviceLooks } from '#workshop/trace/colors';
import type { LogRecord } from '#workshop/trace/log-record';
import type { SpanEvent, Trace } from '#workshop/trace/model';
import { widthOf } from '#workshop/trace/terminal-text';
import { waterfallText } from '#workshop/trace/text';
import { anySpans, hostileText } from './arbitrary.ts';
import { nested, span, traceOf, traceStartUs, wide } from './spans.ts';

const reviewsServer = { service: 'reviews-api', kind: 'server' } as const;

/** The trace of step 5, with a review that could not be read. */
const lesson = traceOf(
  span('root', { name: 'GET /bands/:id', kind: 'server', parentId: '00f067aa0ba902b7', durationMs: 6_540 }),
  span('hook', { name: 'hook - onRequest', parentId: 'root', startMs: 1.2, durationMs: 0.085 }),
  span('handler', { name: 'request handler - fastify', parentId: 'root', startMs: 2.1, durationMs: 6_537 }),
  span('call', { name: 'GET', kind: 'client', parentId: 'handler', startMs: 5_012, durationMs: 1_525 }),
  span('server', {
    ...reviewsServer,
    name: 'GET /reviews',
    parentId: 'call',
    startMs: 5_014,
    durationMs: 1_521,
  }),
  span('read', {
    service: 'reviews-api',
    name: 'read review',
    parentId: 'server',
    startMs: 5_016,
    durationMs: 412,
  }),
  span('failed', {
    service: 'reviews-api',
    name: 'read review',
    parentId: 'server',
    startMs: 5_430,
    durationMs: 1_104,
    error: true,
    statusMessage: 'connect ECONNREFUSED 127.0.0.1:5432',
  }),
);

const log = (spanId: string, atMs: number, severityNumber: number, body: string): LogRecord => ({
  traceId: traceOf().traceId,
  spanId,
  service: 'bands-api',
  timeUs: traceStartUs + atMs * 1_000,
  severityNumber,
  severityText: '',
  body,
  eventName: '',
  attributes: body === 'cache miss' ? { key: 'band 1' } : {},
  droppedAttributes: 0,
  scope: '',
  scopeVersion: '',
  resource: {},
});

test('log lines are below their spans, and those without a span before the first span that starts later', () => {
  const trace = traceOf(
    span('root', { name: 'GET /bands/:id', durationMs: 100 }),
    span('call', { name: 'GET', parentId: 'root', startMs: 20, durationMs: 60 }),
  );
  const logs = [
    log('root', 1, 9, 'incoming request'),
    log('elsewhere', 10, 5, 'between'),
    log('call', 30, 13, 'cache miss'),
    log('call', 40, 17, 'it \x1b[31m broke'),
    log('', 200, 0, 'after'),
  ];
  const lines = waterfallText(trace, { logs }).split('\n').slice(3);
  assert.deepEqual(
    lines.map((line) => line.replace(/ +\d+ ms +\S+$/, '')),
    [
      'bands-api  GET /bands/:id       0',
      'bands-api  │ · +1.0 ms info incoming request',
      'bands-api  · +10 ms debug between',
      'bands-api  └ GET           +20 ms',
      'bands-api    ! +30 ms warn cache miss key=band 1',
      'bands-api    ✗ +40 ms error it ␛[31m broke',
      'bands-api  · +200 ms after',
    ],
  );
  const many = Array.from({ length: 25 }, (_, index) => log('root', index, 9, 'again'));
  assert.match(waterfallText(trace, { logs: many }), /… 5 more log lines/);
  for (const width of [40, 64, 100])
    for (const line of waterfallText(trace, { logs, width }).split('\n'))
      assert.ok(widthOf(line) <= width, line);
});

test('the links of a span are below it: the first three, and how many more there are', () => {
  const links = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      traceId: `${index}`.repeat(32),
      spanId: `${index}`.repeat(16),
    }));
  const textWith = (count: number) =>
    waterfallText(traceOf(span('root', { name: 'write stock', links: links(count) })));

  assert.ok(!textWith(0).includes('→'));
  assert.ok(
    textWith(1).endsWith(`\n           → link to span ${'0'.repeat(16)} of trace ${'0'.repeat(32)}`),
    textWith(1),
  );
  assert.equal(textWith(20).match(/→ link to span/g)?.length, 3);
  assert.ok(textWith(20).endsWith('→ and 17 more links'));
});

test('a service has the color that it has among all known ones, and those of one color are told apart by their names', () => {
  const names = Array.from({ length: 30 }, (_, index) => `service-${index}`);
  const looks = serviceLooks(names);
  const [first, second] = names.flatMap((name) => {
    const sharing = names.find((other) => other > name && looks.get(other)!.color === looks.get(name)!.color);
    return sharing === undefined ? [] : [name, sharing];
  }) as [string, string];
  const trace = traceOf(span('a', { service: first }), span('b', { service: second, parentId: 'a' }));
  const colored = waterfallText(trace, { color: true, services: names });
  const code = serviceColors[looks.get(first)!.color]!.ansi256;
  assert.ok(colored.includes(`\x1b[38;5;${code}m${first}\x1b[0m`), colored);
  assert.ok(colored.includes(`\x1b[38;5;${code};4m${second}\x1b[0m`), colored);
});

test('a trace at 100 columns', () => {
  assert.equal(
    `\n${waterfallText(lesson, { explain: true })}\n`,
    `
bands-api: GET /bands/:id  6.540 s · 7 spans · 2 services · ✗ 1 error

service      span                            start  duration  0                              6.540 s
bands-api    GET /bands/:id                      0   6.540 s  ██████████████████████████████████████
             │ ! parent span 00f067aa0ba902b7 is missing from this trace: the caller is not traced,
             │   or its span has not arrived yet
bands-api    ├ hook - onRequest            +1.2 ms     85 µs  ▏
bands-api    └ request handler - fastify   +2.1 ms   6.537 s  █░░░░░░░░░░░░░░░░░░░░░░░░░░░░█████████
               │ ░ 5.010 s in which nothing below it runs
bands-api      └ GET                      +5.012 s   1.525 s                               █████████
reviews-api      └ GET /reviews           +5.014 s   1.521 s                               █████████
reviews-api        ├ read review          +5.016 s    412 ms                               ██▌
reviews-api        └ read review ✗ error  +5.430 s   1.104 s                                 ▐██████
                     ✗ connect ECONNREFUSED 127.0.0.1:5432
`,
  );
});

test('without an explanation, what a span says itself stays: its error, and no more', () => {
  const explained = waterfallText(lesson, { explain: true }).split('\n');
  const plain = explained
    .filter((line) => !/[│ ]+ (?:[!░] |  (?:or )?its span has)/.test(line.slice(11)))
    .map((line) => line.replaceAll('░', '█'));
  assert.equal(plain.length, explained.length - 3);
  assert.deepEqual(waterfallText(lesson).split('\n'), plain);
});

test('a trace at 40 columns', () => {
  assert.equal(
    `\n${waterfallText(lesson, { width: 40, explain: true })}\n`,
    `
bands-api: GET /bands/:id
6.540 s · 7 spans · 2 services
✗ 1 error

service  span           duration
bands-…  GET /ban…/:id   6.540 s  ██████
         │ ! parent span
         │   00f067aa0ba902b7 is missing
         │   from this trace: the caller
         │   is not traced, or its span
         │   has not arrived yet
bands-…  ├ hook - …est     85 µs  ▏
bands-…  └ request…ify   6.537 s  █░░░██
           │ ░ 5.010 s in which nothing
           │   below it runs
bands-…    └ GET         1.525 s      ▐█
review…      └ GET /r…   1.521 s      ▐█
review…    4 ├ read r…    412 ms      ▐
review…  read… ✗ error   1.104 s      ▐█
               ✗ connect ECONNREFUSED
                 127.0.0.1:5432
`,
  );
});

/** Checks what must be true of the text of any trace. */
function assertSound(text: string, width: number): void {
  for (const line of stripVTControlCharacters(text).split('\n')) {
    assert.ok(widthOf(line) <= width, `${widthOf(line)} columns instead of ${width}: ${line}`);
    assert.equal(line.trimEnd(), line);
    assert.doesNotMatch(line, /[\p{Cc}\p{Bidi_Control}\p{Surrogate}]/u);
  }
}

test('widths are clamped to between 40 and 400', () => {
  for (let width = 40; width <= 400; width++) {
    const text = waterfallText(lesson, { width, explain: true });
    assertSound(text, width);
    assert.match(text, /✗ error/);
    assert.match(text, /00f067aa0ba902b7/);
  }
  assert.equal(waterfallText(lesson, { width: 10 }), waterfallText(lesson, { width: 40 }));
  assert.equal(waterfallText(lesson, { width: 1_000 }), waterfallText(lesson, { width: 400 }));
  assert.equal(waterfallText(lesson, { width: NaN }), waterfallText(lesson, { width: 100 }));
});

test('colored text is the same without its escape sequences', () => {
  const colored = waterfallText(lesson, { color: true });
  assert.ok(colored.includes('\x1b[1;31m✗ error\x1b[0m'));
  const plain = stripVTControlCharacters(colored);
  assert.deepEqual(
    plain.split('\n').map((line) => line.trimEnd()),
    waterfallText(lesson).split('\n'),
  );
});

test('spans after the first sixty are counted, and so are their errors', () => {
  const spans = wide(10_000).map((each, index) => ({ ...each, error: index >= 9_998 }));
  const lines = waterfallText({ traceId: 'x', spans }).split('\n');
  assert.equal(lines.filter((line) => line.startsWith('bands-api  ')).length, 60);
  assert.equal(lines.at(-1), '… 9,940 more spans, ✗ 2 errors among them');
  assert.equal(
    waterfallText({ traceId: 'x', spans }, { maxRows: 9_999 }).split('\n').at(-1),
    '… 1 more span',
  );
});

test('names keep their room at any depth', () => {
  for (const width of [40, 100, 160]) {
    const text = waterfallText({ traceId: 'x', spans: nested(200) }, { width, maxRows: 200 });
    assertSound(text, width);
    assert.match(text, /199 └ lev/);
  }
  assert.match(waterfallText({ traceId: 'x', spans: nested(10_000) }), /… 9,940 more spans/);
});

test('the tree is drawn with a line to each child', () => {
  const text = waterfallText(
    traceOf(
      span('root'),
      span('a', { parentId: 'root', startMs: 1, durationMs: 2 }),
      span('a1', { parentId: 'a', startMs: 1, durationMs: 1 }),
      span('b', { parentId: 'root', startMs: 4, durationMs: 2 }),
      span('b1', { parentId: 'b', startMs: 4, durationMs: 1 }),
    ),
  );
  assert.deepEqual(
    text
      .split('\n')
      .slice(3)
      .map((line) => line.slice(11, 19).trimEnd()),
    ['root', '├ a', '│ └ a1', '└ b', '  └ b1'],
  );
});

test('bars are where their spans ran', () => {
  const lines = waterfallText(
    traceOf(
      span('root', { durationMs: 900 }),
      span('quarter', { parentId: 'root', durationMs: 225 }),
      span('moment', { parentId: 'root', startMs: 261, durationMs: 0.1 }),
      span('half', { parentId: 'root', startMs: 450, durationMs: 450 }),
    ),
    { explain: true },
  ).split('\n');
  assert.deepEqual(
    lines.slice(2).flatMap((line) => (line.includes('░ 189 ms') ? [] : line.slice(41))),
    [
      '0                                                    900 ms',
      '██████████████████░░░░░░░░░░░██████████████████████████████',
      '███████████████',
      '                 ▏',
      '                             ▐█████████████████████████████',
    ],
  );
});

test('a failed span without a message still says error', () => {
  const text = waterfallText(traceOf(span('GET', { error: true })), { width: 40 });
  assert.match(text, /GET ✗ error/);
  assert.doesNotMatch(waterfallText(traceOf(span('GET'))), /✗/);
});

function exception(message: string): SpanEvent {
  return {
    name: 'exception',
    timeUs: 0,
    attributes: { 'exception.type': 'Error', 'exception.message': message },
  };
}

test('a failed span shows its message and its exceptions, each once', () => {
  const events = [exception('reviews-api is down'), exception('and so am I')];
  const text = waterfallText(
    traceOf(span('GET', { error: true, statusMessage: 'reviews-api is down', events })),
  );
  assert.equal(text.match(/reviews-api is down/g)!.length, 1);
  assert.match(text, /✗ and so am I/);
});

test('a trace without spans says so', () => {
  assert.equal(waterfallText(traceOf()), 'This trace has no spans yet.');
});

test('a trace without any duration is drawn', () => {
  assertSound(waterfallText(traceOf(span('root', { durationMs: 0 }), span('twin', { durationMs: -1 }))), 100);
});

test('for any spans, names, and width, lines fit, errors are visible, and control characters are not', () => {
  const hostile: fc.Arbitrary<Trace> = fc
    .record({
      spans: anySpans,
      texts: fc.array(hostileText, { minLength: 3, maxLength: 3 }),
      stretch: fc.constantFrom(1, 1e3, 1e9),
    })
    .map(({ spans, texts, stretch }) =>
      traceOf(
        ...spans.map((each, index) => ({
          ...each,
          name: index % 2 === 0 ? texts[0]! : each.name,
          service: index % 3 === 0 ? texts[1]! : each.service,
          statusMessage: texts[2]!,
          durationUs: each.durationUs * stretch,
        })),
      ),
    );
  fc.assert(
    fc.property(hostile, fc.integer({ min: 40, max: 400 }), fc.boolean(), (trace, width, color) => {
      const text = waterfallText(trace, { width, color, explain: true });
      assertSound(text, width);
      if (!color) assert.ok(!text.includes('\x1b'));
      const errors = new Map(trace.spans.toReversed().map(({ spanId, error }) => [spanId, error]));
      const marks = text.match(/✗ error/gu)?.length ?? 0;
      assert.ok(marks >= [...errors.values()].filter(Boolean).length);
    }),
    { numRuns: 300 },
  );
});
