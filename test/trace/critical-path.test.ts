import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { criticalPathOf } from '#workshop/trace/critical-path';
import type { Span } from '#workshop/trace/model';
import { inDisplayOrder, treeOf } from '#workshop/trace/tree';
import { anySpans, soundSpans } from './arbitrary.ts';
import { nested, span, traceStartUs, wide } from './spans.ts';

const ms = (us: number) => (us - traceStartUs) / 1_000;

/** The path in one line, in ms: `root 0-10 child 10-20`. */
function pathOf(...spans: Span[]): string {
  return criticalPathOf(treeOf(spans))
    .map(({ spanId, startUs, endUs }) => `${spanId} ${ms(startUs)}-${ms(endUs)}`)
    .join(' ');
}

test('a span without children is its own critical path', () => {
  assert.equal(pathOf(span('root', { durationMs: 30 })), 'root 0-30');
});

test('sequential children are all on the path, and so is the time of the parent in between', () => {
  const path = pathOf(
    span('root', { durationMs: 100 }),
    span('first', { parentId: 'root', startMs: 10, durationMs: 20 }),
    span('second', { parentId: 'root', startMs: 40, durationMs: 50 }),
  );
  assert.equal(path, 'root 0-10 first 10-30 root 30-40 second 40-90 root 90-100');
});

test('of concurrent children, only the last to finish is on the path', () => {
  const path = pathOf(
    span('root', { durationMs: 100 }),
    span('short', { parentId: 'root', startMs: 10, durationMs: 40 }),
    span('long', { parentId: 'root', startMs: 10, durationMs: 80 }),
    span('below short', { parentId: 'short', startMs: 20, durationMs: 10 }),
    span('below long', { parentId: 'long', startMs: 30, durationMs: 60 }),
  );
  assert.equal(path, 'root 0-10 long 10-30 below long 30-90 root 90-100');
});

test('a child that overlaps the next one on the path is not on the path', () => {
  const path = pathOf(
    span('root', { durationMs: 100 }),
    span('overlapping', { parentId: 'root', startMs: 0, durationMs: 60 }),
    span('last', { parentId: 'root', startMs: 40, durationMs: 60 }),
  );
  assert.equal(path, 'root 0-40 last 40-100');
});

test('an overlap within the resolution of the clock does not break a chain', () => {
  const path = pathOf(
    span('root', { durationMs: 100 }),
    span('first', { parentId: 'root', startMs: 0, durationMs: 50.9 }),
    span('second', { parentId: 'root', startMs: 50, durationMs: 50 }),
  );
  assert.equal(path, 'first 0-50 second 50-100');
});

test('a short child that overlaps by more than half of its duration is not on the path', () => {
  const path = pathOf(
    span('root', { durationMs: 5 }),
    span('overlapping', { parentId: 'root', startMs: 2, durationMs: 2.8 }),
    span('last', { parentId: 'root', startMs: 3, durationMs: 2 }),
  );
  assert.equal(path, 'root 0-3 last 3-5');
});

test('a child that outlives its parent is not on the path', () => {
  const path = pathOf(
    span('root', { durationMs: 100 }),
    span('waited for', { parentId: 'root', startMs: 10, durationMs: 80 }),
    span('left running', { parentId: 'root', startMs: 20, durationMs: 500 }),
    span('begun afterwards', { parentId: 'root', startMs: 200, durationMs: 10 }),
    span('consumer', { parentId: 'waited for', startMs: 50, durationMs: 400, kind: 'consumer' }),
  );
  assert.equal(path, 'root 0-10 waited for 10-90 root 90-100');
});

test('a server whose clock is ahead is cut to the time of its client', () => {
  const path = pathOf(
    span('client', { durationMs: 100, kind: 'client' }),
    span('server', { parentId: 'client', startMs: 60, durationMs: 90, kind: 'server' }),
  );
  assert.equal(path, 'client 0-60 server 60-100');
});

test('a server is cut to the time of any caller in another service, because not every call has a client span', () => {
  const path = pathOf(
    span('caller', { durationMs: 100 }),
    span('server', {
      parentId: 'caller',
      startMs: 60,
      durationMs: 90,
      kind: 'server',
      service: 'reviews-api',
    }),
  );
  assert.equal(path, 'caller 0-60 server 60-100');
});

test('a server whose clock is behind starts with its client', () => {
  const path = pathOf(
    span('client', { startMs: 50, durationMs: 100, kind: 'client' }),
    span('server', { parentId: 'client', startMs: 20, durationMs: 90, kind: 'server' }),
  );
  assert.equal(path, 'server 50-110 client 110-150');
});

test('of two concurrent roots, the later to finish is on the path; of two sequential roots, both are', () => {
  assert.equal(
    pathOf(span('a', { durationMs: 20 }), span('b', { startMs: 30, durationMs: 20 })),
    'a 0-20 b 30-50',
  );
  assert.equal(pathOf(span('a', { durationMs: 20 }), span('b', { startMs: 5, durationMs: 20 })), 'b 5-25');
});

test('cycles, negative durations, and empty traces have a finite path', () => {
  assert.equal(pathOf(), '');
  assert.equal(pathOf(span('negative', { durationMs: -5 })), '');
  assert.equal(
    pathOf(
      span('a', { parentId: 'b', durationMs: 50 }),
      span('b', { parentId: 'a', startMs: 10, durationMs: 20 }),
    ),
    'a 0-10 b 10-30 a 30-50',
  );
});

test('traces with 10,000 levels or 50,000 spans have a path', () => {
  const deep = criticalPathOf(treeOf(nested(10_000)));
  assert.equal(deep.length, 2 * 10_000 - 1);
  assert.ok(criticalPathOf(treeOf(wide(50_000))).length > 0);
});

test('the path of a consistent trace covers its root from start to end without gaps', () => {
  fc.assert(
    fc.property(soundSpans, (spans) => {
      const path = criticalPathOf(treeOf(spans));
      const root = spans[0]!;
      assert.equal(path[0]!.startUs, root.startUs);
      assert.equal(path.at(-1)!.endUs, root.startUs + root.durationUs);
      for (const [index, segment] of path.entries()) {
        if (index > 0) assert.equal(segment.startUs, path[index - 1]!.endUs);
      }
    }),
  );
});

test('for any spans, segments are in order, do not overlap, and are within their spans', () => {
  fc.assert(
    fc.property(anySpans, (spans) => {
      const roots = treeOf(spans);
      const shown = new Map(inDisplayOrder(roots).nodes.map((node) => [node.span.spanId, node.span]));
      let lastEndUs = -Infinity;
      for (const { spanId, startUs, endUs } of criticalPathOf(roots)) {
        const { startUs: spanStartUs, durationUs } = shown.get(spanId)!;
        assert.ok(startUs >= lastEndUs && endUs > startUs);
        assert.ok(startUs >= spanStartUs && endUs <= spanStartUs + durationUs);
        lastEndUs = endUs;
      }
    }),
  );
});
