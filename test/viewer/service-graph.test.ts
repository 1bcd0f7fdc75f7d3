import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawingOf } from '#workshop/viewer/dependencies/layout';

const measures = {
  em: 16,
  nodeWidth: (name: string) => name.length * 8,
  edgeWidth: (label: string) => label.length * 8,
  direction: 'LR',
} as const;

test('the graph is drawn for services with any name, even one that every object has as a property', () => {
  const names = ['__proto__', 'constructor', 'n'.repeat(480), 'bands-api'];
  const { nodes, edges } = drawingOf(
    {
      services: names.map((name) => ({ name, spans: 1 })),
      calls: names.slice(1).map((child, index) => ({ parent: names[index]!, child, calls: 1, errors: 0 })),
    },
    measures,
  );
  assert.deepEqual(
    nodes.map(({ name }) => name),
    names,
  );
  assert.ok(nodes.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)));
  assert.ok(
    nodes.every(({ width }) => width < 300),
    'a long name does not distort the drawing',
  );
  assert.ok(edges.every(({ points }) => points.length > 1));
});
