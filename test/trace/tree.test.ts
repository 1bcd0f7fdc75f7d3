import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { inDisplayOrder, treeOf } from '#workshop/trace/tree';
import type { SpanNode } from '#workshop/trace/tree';
import { anySpans } from './arbitrary.ts';
import { nested, span, wide } from './spans.ts';

/** The forest in one line: `root(child(grandchild) child) root`. */
function shape(roots: readonly SpanNode[]): string {
  return roots
    .map(({ span: { spanId }, children }) => spanId + (children.length > 0 ? `(${shape(children)})` : ''))
    .join(' ');
}

test('children are in order of their start, even if they arrive before their parent', () => {
  const spans = [
    span('late', { parentId: 'root', startMs: 5 }),
    span('below', { parentId: 'early', startMs: 2 }),
    span('early', { parentId: 'root', startMs: 1 }),
    span('root'),
  ];
  assert.equal(shape(treeOf(spans)), 'root(early(below) late)');
});

test('siblings with the same start stay in their order of arrival', () => {
  const spans = [span('root'), ...['c', 'a', 'b'].map((id) => span(id, { parentId: 'root', startMs: 1 }))];
  assert.equal(shape(treeOf(spans)), 'root(c a b)');
});

test('an orphan is a root with a missing parent, and keeps its children', () => {
  const roots = treeOf([span('child', { parentId: 'orphan' }), span('orphan', { parentId: 'nowhere' })]);
  assert.equal(shape(roots), 'orphan(child)');
  assert.deepEqual(
    roots.map((root) => [root.missingParent, root.children[0]!.missingParent]),
    [[true, false]],
  );
});

test('an orphan moves below its parent when the parent arrives', () => {
  const orphan = span('orphan', { parentId: 'root', startMs: 1 });
  assert.equal(shape(treeOf([orphan])), 'orphan');
  const roots = treeOf([orphan, span('root')]);
  assert.equal(shape(roots), 'root(orphan)');
  assert.equal(roots[0]!.children[0]!.missingParent, false);
});

test('two roots are in order of their start', () => {
  const roots = treeOf([
    span('second', { startMs: 5 }),
    span('first'),
    span('child', { parentId: 'second' }),
  ]);
  assert.equal(shape(roots), 'first second(child)');
  assert.deepEqual(
    roots.map((root) => root.missingParent),
    [false, false],
  );
});

test('a span that is its own parent is a root with a cycle of one span', () => {
  const roots = treeOf([span('self', { parentId: 'self' }), span('child', { parentId: 'self', startMs: 1 })]);
  assert.equal(shape(roots), 'self(child)');
  assert.equal(roots[0]!.cycle, 1);
});

test('a cycle of two spans is cut above the earlier one', () => {
  const spans = [span('b', { parentId: 'a', startMs: 1 }), span('a', { parentId: 'b', startMs: 0 })];
  for (const order of [spans, spans.toReversed()]) {
    const roots = treeOf(order);
    assert.equal(shape(roots), 'a(b)');
    assert.deepEqual([roots[0]!.cycle, roots[0]!.children[0]!.cycle], [2, 0]);
  }
});

test('a cycle of three spans with a tail keeps all of them', () => {
  const spans = [
    span('tail', { parentId: 'c', startMs: 9 }),
    span('c', { parentId: 'b', startMs: 3 }),
    span('a', { parentId: 'c', startMs: 1 }),
    span('b', { parentId: 'a', startMs: 2 }),
    span('healthy'),
  ];
  const roots = treeOf(spans);
  assert.equal(shape(roots), 'healthy a(b(c(tail)))');
  assert.equal(roots[1]!.cycle, 3);
});

test('of several spans with the same id, the node has the first, or the first that is an error', () => {
  const roots = treeOf([
    span('root', { name: 'first' }),
    span('root', { name: 'second' }),
    span('child', { parentId: 'root', name: 'a' }),
    span('child', { parentId: 'root', name: 'b', error: true }),
    span('child', { parentId: 'root', name: 'c', error: true }),
  ]);
  assert.equal(shape(roots), 'root(child)');
  const [root, child] = [roots[0]!, roots[0]!.children[0]!];
  assert.deepEqual([root.span.name, ...root.others.map(({ name }) => name)], ['first', 'second']);
  assert.deepEqual([child.span.name, ...child.others.map(({ name }) => name)], ['b', 'a', 'c']);
});

test('an empty trace has no roots', () => {
  assert.deepEqual(treeOf([]), []);
});

test('a tree of 10,000 levels or 50,000 spans is complete', () => {
  const deep = inDisplayOrder(treeOf(nested(10_000).toReversed()));
  assert.deepEqual([deep.nodes.length, deep.nodes.at(-1)!.span.spanId], [10_000, 'level-9999']);
  const many = inDisplayOrder(treeOf(wide(50_000)));
  assert.equal(new Set(many.nodes.map(({ span: { spanId } }) => spanId)).size, 50_000);
});

test('a cycle of 10,000 spans is cut once', () => {
  const [first, ...others] = nested(10_000);
  const roots = treeOf([{ ...first!, parentId: 'level-9999' }, ...others]);
  assert.deepEqual([roots.length, roots[0]!.cycle, inDisplayOrder(roots).nodes.length], [1, 10_000, 10_000]);
});

test('for any parent ids, each span id is in the tree once and below its parent, unless the node says why not', () => {
  fc.assert(
    fc.property(anySpans, (spans) => {
      const { nodes, parents } = inDisplayOrder(treeOf(spans));
      const ids = new Set(spans.map(({ spanId }) => spanId));
      assert.deepEqual(nodes.map((node) => node.span.spanId).toSorted(), [...ids].toSorted());
      for (const [index, node] of nodes.entries()) {
        const above = nodes[parents[index]!];
        assert.ok(parents[index]! < index);
        assert.equal(above, node.parent);
        const alike = spans.filter(({ spanId }) => spanId === node.span.spanId);
        assert.equal(node.span, alike.find(({ error }) => error) ?? alike[0]);
        assert.deepEqual(
          node.others,
          alike.filter((other) => other !== node.span),
        );
        if (above) assert.equal(above.span.spanId, node.span.parentId);
        else assert.equal(node.span.parentId !== undefined, node.missingParent || node.cycle > 0);
      }
    }),
  );
});

test('the tree does not depend on the order of arrival if no two spans start at the same time', () => {
  const distinct = anySpans.map((spans) => [
    ...new Map(
      spans.map((each, index) => [each.spanId, { ...each, startUs: each.startUs + index }]),
    ).values(),
  ]);
  const shuffled = distinct.chain((spans) =>
    fc.record({
      spans: fc.constant(spans),
      other: fc.shuffledSubarray(spans, { minLength: spans.length, maxLength: spans.length }),
    }),
  );
  fc.assert(
    fc.property(shuffled, ({ spans, other }) => assert.equal(shape(treeOf(other)), shape(treeOf(spans)))),
  );
});
