import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ancestorsOf,
  isFolded,
  nothingFolded,
  shownRows,
  toggled,
  unfoldedTo,
  wantedRows,
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

test('all rows are shown as long as nothing is folded', () => {
  assert.deepEqual(names(shownRows(rows, nothingFolded)), ['root', 'a', 'a1', 'a11', 'b', 'b1']);
});

test('folding one span hides all below it, and folding it again shows them', () => {
  const folded = toggled(nothingFolded, 'a');
  assert.deepEqual(names(shownRows(rows, folded)), ['root', 'a', 'b', 'b1']);
  assert.deepEqual(names(shownRows(rows, toggled(folded, 'a'))), names(shownRows(rows, nothingFolded)));
});

test('so many levels are open, but for the spans that are the other way round', () => {
  assert.deepEqual(names(shownRows(rows, { depth: 2, toggled: new Set() })), ['root', 'a', 'b']);
  assert.deepEqual(names(shownRows(rows, { depth: 2, toggled: new Set(['b']) })), ['root', 'a', 'b', 'b1']);
  assert.deepEqual(names(shownRows(rows, { depth: 1, toggled: new Set() })), ['root']);
});

test('a span without children is never folded', () => {
  assert.equal(isFolded(rows[at('b1')]!, { depth: 1, toggled: new Set(['b1']) }), false);
});

test('to show a span, all that lies above it is opened and nothing else', () => {
  const shown = unfoldedTo(rows, at('a11'), { depth: 1, toggled: new Set() });
  assert.deepEqual(names(shownRows(rows, shown)), ['root', 'a', 'a1', 'a11', 'b']);
  assert.deepEqual(names(ancestorsOf(rows, at('a11'))), ['a1', 'a', 'root']);
});

test('a filter keeps what it wants and the way to it', () => {
  const wanted = wantedRows(rows, (row) => row.span.error);
  assert.deepEqual(wanted, ['path', 'path', 'path', 'hit', undefined, undefined]);
  assert.deepEqual(names(shownRows(rows, nothingFolded, wanted)), ['root', 'a', 'a1', 'a11']);
  assert.deepEqual(names(shownRows(rows, toggled(nothingFolded, 'a'), wanted)), ['root', 'a']);
});
