import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareTraces, type ComparisonRow } from '#workshop/trace/compare';
import type { Span, Trace } from '#workshop/trace/model';
import { inDisplayOrder, treeOf } from '#workshop/trace/tree';
import { anySpans } from './arbitrary.ts';
import { nested, span, traceOf, wide } from './spans.ts';

function linesOf(a: Trace, b: Trace): string[] {
  return compareTraces(a, b).map(({ depth, service, name, verdict, deltaUs }) =>
    [`${'  '.repeat(depth)}${service}`, name, verdict, `${deltaUs / 1_000}`].join(' '),
  );
}

/** The lesson's trace: a handler that may sleep, makes a call, and reads three reviews one by one or at once. */
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

test('the spans before and after the fix are matched', () => {
  assert.deepEqual(linesOf(lesson('a', 5_000, true), lesson('b', 0, false)), [
    'bands-api GET /bands/:id faster -5198',
    '  bands-api GET faster -198',
    '    reviews-api GET /reviews faster -198',
    '      reviews-api read review same 0',
    '      reviews-api read review same 0',
    '      reviews-api read review same 0',
  ]);
});

test('rows have both spans with their positions', () => {
  const [, , , , second] = compareTraces(lesson('a', 5_000, true), lesson('b', 0, false));
  assert.deepEqual(
    [second!.a!.span.spanId, second!.a!.offsetUs, second!.b!.span.spanId, second!.b!.offsetUs],
    ['a-read-1', 5_100_000, 'b-read-1', 1_000],
  );
});

test('spans that are new or gone keep their position, and so do their descendants', () => {
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

/** The lesson's trace if the caller is traced too and a library adds a span around the call. */
function lessonWithLibrary(): Trace {
  const { spans } = lesson('b', 0, false);
  return traceOf(
    span('b-caller', { name: 'GET', service: 'caller', durationMs: 110, kind: 'client' }),
    span('b-wrap', { name: 'retry', parentId: 'b-root', durationMs: 102 }),
    ...spans.map((each) => {
      if (each.spanId === 'b-root') return { ...each, parentId: 'b-caller' };
      return each.spanId === 'b-call' ? { ...each, parentId: 'b-wrap' } : each;
    }),
  );
}

test('a new span above the root, or between two spans, does not affect the matches below it', () => {
  assert.deepEqual(linesOf(lesson('a', 5_000, true), lessonWithLibrary()), [
    'caller GET new 110',
    '  bands-api GET /bands/:id faster -5198',
    '    bands-api retry new 102',
    '      bands-api GET faster -198',
    '        reviews-api GET /reviews faster -198',
    '          reviews-api read review same 0',
    '          reviews-api read review same 0',
    '          reviews-api read review same 0',
  ]);
  assert.deepEqual(linesOf(lessonWithLibrary(), lesson('a', 5_000, true)), [
    'caller GET gone -110',
    'bands-api GET /bands/:id slower 5198',
    '    bands-api retry gone -102',
    '  bands-api GET slower 198',
    '    reviews-api GET /reviews slower 198',
    '      reviews-api read review same 0',
    '      reviews-api read review same 0',
    '      reviews-api read review same 0',
  ]);
});

test('siblings match first, then the topmost descendants', () => {
  const a = traceOf(span('root'), span('a-work', { name: 'work', parentId: 'root', durationMs: 1 }));
  const b = traceOf(
    span('root'),
    span('wrapper', { parentId: 'root', durationMs: 9 }),
    span('b-deep', { name: 'work', parentId: 'wrapper', durationMs: 2 }),
    span('b-deeper', { name: 'work', parentId: 'b-deep', durationMs: 2 }),
    span('b-work', { name: 'work', parentId: 'root', startMs: 5, durationMs: 1 }),
  );
  const partnerIn = (trace: Trace) =>
    compareTraces(a, trace).find((row) => row.a?.span.spanId === 'a-work')!.b?.span.spanId;
  assert.equal(partnerIn(b), 'b-work');
  assert.equal(partnerIn(traceOf(...b.spans.slice(0, -1))), 'b-deep');
});

test('matches never cross: of two matched spans, the same one is above in both traces', () => {
  const a = traceOf(
    span('a-x', { name: 'x' }),
    span('wrapper', { startMs: 1 }),
    span('a-y', { name: 'y', parentId: 'wrapper', startMs: 1 }),
  );
  const b = traceOf(span('b-y', { name: 'y' }), span('b-x', { name: 'x', parentId: 'b-y' }));
  assert.deepEqual(linesOf(a, b), [
    'bands-api wrapper gone -10',
    '  bands-api y gone -10',
    'bands-api y new 10',
    '  bands-api x same 0',
  ]);
});

test('spans with the same name in different services do not match', () => {
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

test('durations that differ by up to a tenth or a millisecond are the same', () => {
  assert.deepEqual(
    [verdictOn(100, 90), verdictOn(100, 89), verdictOn(100, 112), verdictOn(1, 2), verdictOn(1, 2.001)],
    ['same', 'faster', 'slower', 'same', 'slower'],
  );
});

test('compared with an empty trace, every span is new or gone', () => {
  assert.deepEqual(linesOf(traceOf(), traceOf(span('x'))), ['bands-api x new 10']);
  assert.deepEqual(linesOf(traceOf(span('x')), traceOf()), ['bands-api x gone -10']);
});

test('10,000 levels or 50,000 spans can be compared', () => {
  for (const spans of [nested(10_000), wide(50_000)]) {
    const rows = compareTraces({ traceId: 'a', spans }, { traceId: 'b', spans });
    assert.deepEqual([rows.length, rows.every(({ verdict }) => verdict === 'same')], [spans.length, true]);
  }
});

/**
 * Of two matched spans, one is an ancestor of the other in both traces or in neither, and the nearest matched ancestor
 * is the same.
 */
function assertOrderKept(rows: ComparisonRow[], spansOfA: Span[], spansOfB: Span[]): void {
  const partners = new Map(rows.flatMap(({ a, b }) => (a && b ? [[a.span.spanId, b.span.spanId]] : [])));
  const matched = new Set(partners.values());
  const above = (spans: Span[], isMatched: (id: string) => boolean) => {
    const { nodes } = inDisplayOrder(treeOf(spans));
    return new Map(
      nodes.map((node) => {
        let at = node.parent;
        while (at && !isMatched(at.span.spanId)) at = at.parent;
        return [node.span.spanId, at?.span.spanId];
      }),
    );
  };
  const aboveInA = above(spansOfA, (id) => partners.has(id));
  const aboveInB = above(spansOfB, (id) => matched.has(id));
  for (const [idInA, idInB] of partners) {
    const pairAbove = aboveInA.get(idInA!);
    assert.equal(pairAbove && partners.get(pairAbove), aboveInB.get(idInB!));
  }
}

test('every span of both traces is in exactly one row, and a trace equals itself', () => {
  fc.assert(
    fc.property(anySpans, anySpans, (spansOfA, spansOfB) => {
      const rows = compareTraces(traceOf(...spansOfA), traceOf(...spansOfB));
      const idsOf = (side: 'a' | 'b') => rows.flatMap((row) => row[side]?.span.spanId ?? []).toSorted();
      const known = (spans: typeof spansOfA) => [...new Set(spans.map(({ spanId }) => spanId))].toSorted();
      assert.deepEqual([idsOf('a'), idsOf('b')], [known(spansOfA), known(spansOfB)]);
      for (const { a, b, service, name } of rows) {
        for (const { span: of } of [a, b].flatMap((row) => row ?? [])) {
          assert.deepEqual([of.service, of.name], [service, name]);
        }
      }
      assertOrderKept(rows, spansOfA, spansOfB);
      const itself = compareTraces(traceOf(...spansOfA), traceOf(...spansOfA));
      assert.ok(itself.every(({ verdict, a, b }) => verdict === 'same' && a!.span === b!.span));
    }),
  );
});
