import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ancestorRows,
  isFolded,
  allExpanded,
  shownRows,
  toggleFold,
  unfoldTo,
  filterRows,
} from '#workshop/trace/folding';
import { waterfallOf } from '#workshop/trace/waterfall';
import { span, traceOf } from './spans.ts';

const { rows } = waterfallOf(
  traceOf(
    span('root', { durationMs: 100 }),
    span('a', { parentId: 'root', startMs: 1 }),
    span('a1', { parentId: 'a', startMs: 2 }),
    span('a11', { parentId: 'a1', startMs: 3, error: true }),
    span('b', { parentId: 'root', startMs: 40 }),
    span('b1', { parentId: 'b', startMs: 41 }),
  ),
);
const names = (indexes: number[]) => indexes.map((index) => rows[index]!.span.spanId);
const at = (id: string) => rows.findIndex((row) => row.span.spanId === id);

test('all rows are shown if none is folded', () => {
  assert.deepEqual(names(shownRows(rows, allExpanded)), ['root', 'a', 'a1', 'a11', 'b', 'b1']);
});

test('folding a span hides its descendants, and toggling it again shows them', () => {
  const folded = toggleFold(allExpanded, 'a');
  assert.deepEqual(names(shownRows(rows, folded)), ['root', 'a', 'b', 'b1']);
  assert.deepEqual(names(shownRows(rows, toggleFold(folded, 'a'))), names(shownRows(rows, allExpanded)));
});

test('a number of levels are unfolded, except for toggled spans', () => {
  assert.deepEqual(names(shownRows(rows, { depth: 2, toggled: new Set() })), ['root', 'a', 'b']);
  assert.deepEqual(names(shownRows(rows, { depth: 2, toggled: new Set(['b']) })), ['root', 'a', 'b', 'b1']);
  assert.deepEqual(names(shownRows(rows, { depth: 1, toggled: new Set() })), ['root']);
});

test('a span without children is never folded', () => {
  assert.equal(isFolded(rows[at('b1')]!, { depth: 1, toggled: new Set(['b1']) }), false);
});

test('showing a span unfolds its ancestors and no other spans', () => {
  const shown = unfoldTo(rows, at('a11'), { depth: 1, toggled: new Set() });
  assert.deepEqual(names(shownRows(rows, shown)), ['root', 'a', 'a1', 'a11', 'b']);
  assert.deepEqual(names(ancestorRows(rows, at('a11'))), ['a1', 'a', 'root']);
});

test('a filter keeps the matching rows and the paths to them', () => {
  const matches = filterRows(rows, (row) => row.span.error);
  assert.deepEqual(matches, ['path', 'path', 'path', 'match', undefined, undefined]);
  assert.deepEqual(names(shownRows(rows, allExpanded, matches)), ['root', 'a', 'a1', 'a11']);
  assert.deepEqual(names(shownRows(rows, toggleFold(allExpanded, 'a'), matches)), ['root', 'a']);
});
