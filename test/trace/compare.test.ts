import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareTraces } from '#workshop/trace/compare';
import type { Trace } from '#workshop/trace/model';
import { anySpans } from './arbitrary.ts';
import { nested, span, traceOf, wide } from './spans.ts';

function linesOf(a: Trace, b: Trace): string[] {
  return compareTraces(a, b).map(({ depth, service, name, verdict, deltaUs }) =>
    [`${'  '.repeat(depth)}${service}`, name, verdict, `${deltaUs / 1_000}`].join(' '),
  );
}

/** The lesson's trace: a handler that sleeps or not, calls, and reads three reviews in turn or together. */
function lesson(prefix: string, sleepMs: number, inTurn: boolean): Trace {
  const id = (name: string) => `${prefix}-${name}`;
  const read = (index: number, startMs: number) =>
    span(id(`read-${index}`), {
      parentId: id('server'),
      name: 'read review',
      service: 'reviews-api',
      startMs: sleepMs + startMs,
      durationMs: 100,
    });
  const readsMs = inTurn ? 300 : 102;
  return traceOf(
    span(id('root'), { name: 'GET /bands/:id', durationMs: sleepMs + readsMs + 2, kind: 'server' }),
    span(id('call'), {
      name: 'GET',
      parentId: id('root'),
      startMs: sleepMs,
      durationMs: readsMs,
      kind: 'client',
    }),
    span(id('server'), {
      name: 'GET /reviews',
      parentId: id('call'),
      service: 'reviews-api',
      startMs: sleepMs,
      durationMs: readsMs,
      kind: 'server',
    }),
    ...[0, 1, 2].map((index) => read(index, inTurn ? index * 100 : index)),
  );
}

test('before and after the fix the same spans are beside each other', () => {
  assert.deepEqual(linesOf(lesson('a', 5_000, true), lesson('b', 0, false)), [
    'bands-api GET /bands/:id faster -5198',
    '  bands-api GET faster -198',
    '    reviews-api GET /reviews faster -198',
    '      reviews-api read review same 0',
    '      reviews-api read review same 0',
    '      reviews-api read review same 0',
  ]);
});

test('rows bring both spans with their places', () => {
  const [, , , , second] = compareTraces(lesson('a', 5_000, true), lesson('b', 0, false));
  assert.deepEqual(
    [second!.a!.span.spanId, second!.a!.offsetUs, second!.b!.span.spanId, second!.b!.offsetUs],
    ['a-read-1', 5_100_000, 'b-read-1', 1_000],
  );
});

test('spans that are new or gone keep their place, with all below them', () => {
  const a = traceOf(
    span('root'),
    span('gone at first', { parentId: 'root', startMs: 1, durationMs: 1 }),
    span('kept', { parentId: 'root', startMs: 2, durationMs: 1 }),
    span('gone', { parentId: 'root', startMs: 3, durationMs: 2 }),
    span('below gone', { parentId: 'gone', startMs: 3, durationMs: 1 }),
  );
  const b = traceOf(
    span('root'),
    span('kept', { parentId: 'root', startMs: 1, durationMs: 1 }),
    span('new', { parentId: 'root', startMs: 4, durationMs: 3 }),
    span('below new', { parentId: 'new', startMs: 4, durationMs: 1 }),
  );
  assert.deepEqual(linesOf(a, b), [
    'bands-api root same 0',
    '  bands-api gone at first gone -1',
    '  bands-api kept same 0',
    '  bands-api gone gone -2',
    '    bands-api below gone gone -1',
    '  bands-api new new 3',
    '    bands-api below new new 1',
  ]);
});

test('a span of one name in another service is another span', () => {
  const rows = compareTraces(traceOf(span('root')), traceOf(span('root', { service: 'reviews-api' })));
  assert.deepEqual(
    rows.map(({ verdict, a, b }) => [verdict, a !== undefined, b !== undefined]),
    [
      ['gone', true, false],
      ['new', false, true],
    ],
  );
});

function verdictOn(aMs: number, bMs: number): string {
  const [a, b] = [aMs, bMs].map((durationMs) => traceOf(span('x', { durationMs })));
  return compareTraces(a!, b!)[0]!.verdict;
}

test('up to a tenth or a millisecond durations are the same', () => {
  assert.deepEqual(
    [verdictOn(100, 90), verdictOn(100, 89), verdictOn(100, 112), verdictOn(1, 2), verdictOn(1, 2.001)],
    ['same', 'faster', 'slower', 'same', 'slower'],
  );
});

test('with an empty trace everything is new or gone', () => {
  assert.deepEqual(linesOf(traceOf(), traceOf(span('x'))), ['bands-api x new 10']);
  assert.deepEqual(linesOf(traceOf(span('x')), traceOf()), ['bands-api x gone -10']);
});

test('10,000 levels and 50,000 spans are compared', () => {
  for (const spans of [nested(10_000), wide(50_000)]) {
    const rows = compareTraces({ traceId: 'a', spans }, { traceId: 'b', spans });
    assert.deepEqual([rows.length, rows.every(({ verdict }) => verdict === 'same')], [spans.length, true]);
  }
});

test('every span of both traces is in one row, and a trace beside itself is the same', () => {
  fc.assert(
    fc.property(anySpans, anySpans, (spansOfA, spansOfB) => {
      const rows = compareTraces(traceOf(...spansOfA), traceOf(...spansOfB));
      const idsOf = (side: 'a' | 'b') => rows.flatMap((row) => row[side]?.span.spanId ?? []).toSorted();
      const known = (spans: typeof spansOfA) => [...new Set(spans.map(({ spanId }) => spanId))].toSorted();
      assert.deepEqual([idsOf('a'), idsOf('b')], [known(spansOfA), known(spansOfB)]);
      assert.ok(rows.every(({ a, b }) => !a || !b || (a.depth === b.depth && a.span.name === b.span.name)));
      const itself = compareTraces(traceOf(...spansOfA), traceOf(...spansOfA));
      assert.ok(itself.every(({ verdict, a, b }) => verdict === 'same' && a!.span === b!.span));
    }),
  );
});
