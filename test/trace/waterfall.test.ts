import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Attributes, Span } from '#workshop/trace/model';
import { waterfallOf } from '#workshop/trace/waterfall';
import type { Row } from '#workshop/trace/waterfall';
import { anySpans } from './arbitrary.ts';
import { nested, span, traceOf, traceStartUs, wide } from './spans.ts';

function rowsOf(...spans: Span[]): Record<string, Row> {
  return Object.fromEntries(waterfallOf(traceOf(...spans)).rows.map((row) => [row.span.spanId, row]));
}

function warningsOf(row: Row | undefined): string[] {
  return row!.warnings.map(({ kind, text }) => `${kind}: ${text}`);
}

test('rows have a depth, a position in time, and a number of descendants', () => {
  const waterfall = waterfallOf(
    traceOf(
      span('root', { durationMs: 100, service: 'caller' }),
      span('first', { parentId: 'root', startMs: 10, durationMs: 20 }),
      span('below', { parentId: 'first', startMs: 12, durationMs: 5, service: 'reviews-api', error: true }),
      span('second', { parentId: 'root', startMs: 40, durationMs: 30 }),
    ),
  );
  assert.deepEqual(
    waterfall.rows.map((row) => [
      row.span.spanId,
      row.depth,
      row.childCount,
      row.descendantCount,
      row.lastSibling,
      row.offsetUs,
      row.durationUs,
      row.selfUs,
    ]),
    [
      ['root', 0, 2, 3, true, 0, 100_000, 50_000],
      ['first', 1, 1, 1, false, 10_000, 20_000, 15_000],
      ['below', 2, 0, 0, true, 12_000, 5_000, 5_000],
      ['second', 1, 0, 0, true, 40_000, 30_000, 30_000],
    ],
  );
  const { rows: _, ...summary } = waterfall;
  assert.deepEqual(summary, {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    startUs: traceStartUs,
    durationUs: 100_000,
    extraDigits: 0,
    services: ['caller', 'bands-api', 'reviews-api'],
    depth: 3,
    errorCount: 1,
  });
});

test('a trace without spans has no rows and no duration', () => {
  const { rows, startUs, durationUs, depth } = waterfallOf(traceOf());
  assert.deepEqual([rows, startUs, durationUs, depth], [[], 0, 0, 0]);
});

test('a trace lasts from the earliest start to the latest end', () => {
  const { startUs, durationUs, rows } = waterfallOf(
    traceOf(
      span('root', { startMs: 10, durationMs: 20 }),
      span('early', { parentId: 'root', startMs: 0, durationMs: 5 }),
      span('late', { parentId: 'root', startMs: 20, durationMs: 60 }),
    ),
  );
  assert.deepEqual([startUs, durationUs, rows[0]!.offsetUs], [traceStartUs, 80_000, 10_000]);
});

test('self time counts overlapping children once and ignores their time outside the parent', () => {
  const { root } = rowsOf(
    span('root', { startMs: 100, durationMs: 100 }),
    span('sticks out before', { parentId: 'root', startMs: 90, durationMs: 20 }),
    span('a', { parentId: 'root', startMs: 120, durationMs: 30 }),
    span('within a', { parentId: 'root', startMs: 125, durationMs: 5 }),
    span('overlaps a', { parentId: 'root', startMs: 140, durationMs: 20 }),
    span('sticks out after', { parentId: 'root', startMs: 190, durationMs: 50 }),
    span('after it all', { parentId: 'root', startMs: 300, durationMs: 50 }),
  );
  assert.equal(root!.selfUs, 40_000);
});

test('a sleep of five seconds is a gap, and so can be the time before the first child and after the last', () => {
  const { handler, root, call } = rowsOf(
    span('root', { durationMs: 7_500 }),
    span('handler', { parentId: 'root', startMs: 1, durationMs: 7_498 }),
    span('find', { parentId: 'handler', startMs: 3, durationMs: 2 }),
    span('call', { parentId: 'handler', startMs: 5_007, durationMs: 700 }),
  );
  assert.deepEqual(handler!.gaps, [
    { offsetUs: 5_000, durationUs: 5_002_000 },
    { offsetUs: 5_707_000, durationUs: 1_792_000 },
  ]);
  assert.deepEqual([root!.gaps, call!.gaps], [[], []]);
});

function gapCount(waitMs: number, traceMs: number): number {
  const child = span('child', { parentId: 'root', startMs: waitMs, durationMs: traceMs - waitMs });
  return rowsOf(span('root', { durationMs: traceMs }), child)['root']!.gaps.length;
}

test('a time of less than a fifth of the trace or less than 100 ms is not a gap', () => {
  assert.deepEqual(
    [gapCount(200, 1_000), gapCount(199, 1_000), gapCount(100, 200), gapCount(99.999, 200)],
    [1, 0, 1, 0],
  );
});

test('the warning of an orphan says which parent is missing and why', () => {
  const parentId = '00f067aa0ba902b7';
  assert.deepEqual(warningsOf(rowsOf(span('server', { parentId, kind: 'server' }))['server']), [
    'missing-parent: parent span 00f067aa0ba902b7 is missing from this trace: the caller is not traced, or its span has not arrived yet',
  ]);
  assert.deepEqual(warningsOf(rowsOf(span('inner', { parentId }))['inner']), [
    'missing-parent: parent span 00f067aa0ba902b7 is missing from this trace: it has not ended yet, has not arrived yet, or was lost',
  ]);
});

test('the details of an orphan show what the span says about its caller', () => {
  const orphan = (attributes: Attributes) =>
    rowsOf(span('server', { parentId: '00f067aa0ba902b7', kind: 'server', attributes }))['server']!
      .warnings[0]!.more;
  const says = 'what the span says about the caller:';
  assert.equal(orphan({}), undefined);
  assert.equal(orphan({ 'client.address': '10.0.0.7' }), `${says} at 10.0.0.7`);
  assert.equal(
    orphan({
      'user_agent.original': 'curl/8.5.0',
      'client.address': '10.0.0.7',
      'network.peer.address': '10.0.0.1',
    }),
    `${says} curl/8.5.0 at 10.0.0.7`,
  );
  assert.equal(
    orphan({ 'user_agent.original': 'undici', 'network.peer.address': '::1' }),
    `${says} undici at ::1`,
  );
});

test('a span that is its own parent and a cycle of spans have a warning where they are cut', () => {
  const { self, a, b } = rowsOf(
    span('self', { parentId: 'self' }),
    span('a', { parentId: 'b' }),
    span('b', { parentId: 'a', startMs: 1, durationMs: 1 }),
  );
  assert.deepEqual(warningsOf(self), [
    'cycle: this span names itself as its parent, so it is shown as a root',
  ]);
  assert.deepEqual(warningsOf(a), ['cycle: its parents form a cycle of 2 spans, which is cut here']);
  assert.deepEqual(warningsOf(b), []);
});

test('a duplicate id has a warning, which lists the spans that are not shown', () => {
  const alike = rowsOf(span('twin'), span('twin'))['twin']!;
  assert.deepEqual(warningsOf(alike), ['duplicate: 2 spans have the id twin; the first is shown']);
  assert.equal(alike.warnings[0]!.more, undefined);

  const failed = [1, 2].map((durationMs) =>
    span('twin', { name: `try ${durationMs}`, durationMs, error: true }),
  );
  const others = rowsOf(span('twin', { durationMs: 3 }), ...failed)['twin']!;
  assert.equal(others.span, failed[0]);
  assert.deepEqual(warningsOf(others), [
    'duplicate: 3 spans have the id twin; one that is an error is shown',
  ]);
  assert.equal(others.warnings[0]!.more, 'not shown: twin (3.0 ms), try 2 (2.0 ms, an error)');

  const many = rowsOf(...[1, 2, 3, 4, 5, 6].map((durationMs) => span('twin', { durationMs })))['twin']!;
  assert.equal(many.warnings[0]!.more, 'not shown: twin (2.0 ms), twin (3.0 ms), twin (4.0 ms), 2 others');
});

test('a duration of zero or less has a warning', () => {
  const { negative, zero } = rowsOf(span('negative', { durationMs: -3 }), span('zero', { durationMs: 0 }));
  assert.deepEqual(warningsOf(negative), [
    'no-duration: ends 3.0 ms before it starts: the clock was set back',
  ]);
  assert.deepEqual(warningsOf(zero), [
    'no-duration: has no duration: it ended in the same µs in which it started',
  ]);
  assert.deepEqual([negative!.durationUs, negative!.selfUs, zero!.selfUs], [-3_000, 0, 0]);
});

const early = 'starts-early: starts 5.0 ms before its parent: their clocks differ';
const late = 'ends-late: ends 50 ms after its parent: the parent did not wait for it, or their clocks differ';

function contradictions(kinds: [Span['kind'], Span['kind']], startMs: number, durationMs: number): string[] {
  const parent = span('parent', { startMs: 10, durationMs: 20, kind: kinds[0] });
  const child = span('child', { parentId: 'parent', startMs, durationMs, kind: kinds[1] });
  return warningsOf(rowsOf(parent, child)['child']);
}

test("a child outside its parent has a warning if it exceeds the clock's resolution", () => {
  const kinds = ['internal', 'internal'] as [Span['kind'], Span['kind']];
  assert.deepEqual(contradictions(kinds, 8, 24), []);
  assert.deepEqual(contradictions(kinds, 5, 10), [early]);
  assert.deepEqual(contradictions(kinds, 20, 60), [late]);
  assert.equal(contradictions(kinds, 20, 12.001).length, 1);
});

test('a server may end shortly after its caller, which already has the response', () => {
  for (const caller of ['client', 'internal'] as const) {
    assert.deepEqual(contradictions([caller, 'server'], 20, 60), []);
    assert.deepEqual(contradictions([caller, 'server'], 20, 61), [late.replace('50', '51')]);
  }
});

test('a message consumed long after it was sent needs no warning', () => {
  const { consume } = rowsOf(
    span('send', { kind: 'producer' }),
    span('consume', { parentId: 'send', kind: 'consumer', startMs: 500 }),
  );
  assert.deepEqual(warningsOf(consume), []);
});

test('traces with 200 levels, 10,000 levels, and 50,000 spans are laid out completely', () => {
  for (const levels of [200, 10_000]) {
    const { depth, rows } = waterfallOf(traceOf(...nested(levels)));
    assert.deepEqual([depth, rows[0]!.descendantCount, rows.at(-1)!.depth], [levels, levels - 1, levels - 1]);
  }
  assert.equal(waterfallOf({ traceId: 'x', spans: wide(50_000) }).rows[0]!.descendantCount, 49_999);
});

const covers = (row: Row, us: number) => us >= row.offsetUs && us < row.offsetUs + row.durationUs;

/** Counts self time in steps of 1 ms, which is exact because arbitrary spans have times in whole ms. */
function selfMsByCounting(row: Row, rows: readonly Row[], index: number): number {
  const below = rows.slice(index + 1, index + 1 + row.descendantCount);
  let count = 0;
  for (let us = row.offsetUs; us < row.offsetUs + row.durationUs; us += 1_000) {
    if (!below.some((descendant) => covers(descendant, us))) count++;
  }
  return count;
}

test('for any spans, rows nest according to their depths, and self time is the time that no descendant covers', () => {
  fc.assert(
    fc.property(anySpans, (spans) => {
      const { rows, durationUs, errorCount } = waterfallOf(traceOf(...spans));
      for (const [index, row] of rows.entries()) {
        const below = rows.slice(index + 1, index + 1 + row.descendantCount);
        assert.ok(below.every(({ depth }) => depth > row.depth));
        assert.ok((rows[index + 1 + row.descendantCount]?.depth ?? 0) <= row.depth);
        assert.equal(below.filter(({ depth }) => depth === row.depth + 1).length, row.childCount);
        assert.ok(row.offsetUs >= 0 && row.offsetUs + Math.max(0, row.durationUs) <= durationUs);
        assert.equal(row.selfUs, selfMsByCounting(row, rows, index) * 1_000);
        for (const gap of row.gaps) {
          assert.ok(gap.offsetUs >= row.offsetUs);
          assert.ok(gap.offsetUs + gap.durationUs <= row.offsetUs + row.durationUs);
        }
      }
      assert.equal(errorCount, rows.filter((row) => row.span.error).length);
    }),
  );
});

// Finding it out takes minutes if each span copies the times of all spans below it.
test('100,000 spans, each of which starts after its parent has ended: no descendant runs during any of them', () => {
  const spans = Array.from({ length: 100_000 }, (_, index) =>
    span(`${index}`, {
      ...(index > 0 && { parentId: `${index - 1}` }),
      startMs: 2 * index,
      durationMs: 1,
    }),
  );
  const { rows } = waterfallOf(traceOf(...spans));
  assert.equal(rows.length, 100_000);
  assert.ok(rows.every(({ selfUs, durationUs }) => selfUs === durationUs));
});
