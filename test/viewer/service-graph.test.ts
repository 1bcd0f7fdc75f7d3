import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServiceGraphResponse } from '#workshop/trace/page-data';
import { drawingOf, type Measures } from '#workshop/viewer/dependencies/layout';
import { partOf } from '#workshop/viewer/dependencies/neighborhood';

const measures: Measures = {
  em: 16,
  nodeWidth: (name: string) => name.length * 8,
  edgeWidth: (label: string) => label.length * 8,
  direction: 'LR',
};

/** A graph of these connections; the first has the most calls. */
function graphOf(connections: readonly (readonly [caller: string, called: string])[]): ServiceGraphResponse {
  const names = [...new Set(connections.flat())];
  return {
    services: names.map((name) => ({ name, spans: 1 })),
    calls: connections.map(([parent, child], index) => ({
      parent,
      child,
      calls: connections.length - index,
      errors: 0,
    })),
  };
}

test('the graph is drawn for services with any name, even one that every object has as a property', () => {
  const names = ['__proto__', 'constructor', 'n'.repeat(480), 'bands-api'];
  const { nodes, edges } = drawingOf(
    graphOf(names.slice(1).map((child, index) => [names[index]!, child])),
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

test('no line passes through the box of another service', () => {
  const names = Array.from({ length: 15 }, (_, index) => `${'long-'.repeat(index % 4)}service-${index}`);
  const connections = names.flatMap((name, index) =>
    [2 * index + 1, 2 * index + 2, (index * 7) % 15].flatMap((other) =>
      other < 15 && other !== index ? [[name, names[other]!] as const] : [],
    ),
  );
  for (const direction of ['LR', 'TB'] as const) {
    const { nodes, edges } = drawingOf(graphOf(connections), { ...measures, direction });
    for (const { parent, child, points } of edges) {
      for (const [index, to] of points.slice(1).entries()) {
        const from = points[index]!;
        // A curve that leaves and arrives in the direction of the drawing stays between its ends.
        const isCrossed = nodes.find(
          ({ name, x, y, width, height }) =>
            name !== parent &&
            name !== child &&
            Math.min(from.x, to.x) < x + width / 2 - 1 &&
            Math.max(from.x, to.x) > x - width / 2 + 1 &&
            Math.min(from.y, to.y) < y + height / 2 - 1 &&
            Math.max(from.y, to.y) > y - height / 2 + 1,
        );
        assert.equal(isCrossed, undefined, `${direction}: ${parent} to ${child}`);
      }
    }
  }
});

test('a graph that is too large is reduced to the connections of one service, and those to the ones with the most calls', () => {
  const hub = Array.from({ length: 30 }, (_, index) => ['hub', `leaf-${index}`] as const);
  const chain = Array.from({ length: 20 }, (_, index) => [`leaf-${index}`, `leaf-${index + 1}`] as const);
  const small = graphOf(hub);
  assert.deepEqual(partOf(small, ''), { ...small, around: '', leftOut: 0 });

  const large = graphOf([...hub, ...chain]);
  const automatic = partOf(large, '');
  assert.equal(automatic.around, 'hub');
  assert.deepEqual(
    automatic.calls.map(({ child }) => child),
    hub.slice(0, 12).map(([, leaf]) => leaf),
  );
  assert.equal(automatic.leftOut, 18);

  const chosen = partOf(large, 'leaf-7');
  assert.deepEqual(
    chosen.services.map(({ name }) => name),
    ['hub', 'leaf-6', 'leaf-7', 'leaf-8'],
  );
  assert.deepEqual([chosen.calls.length, chosen.leftOut], [3, 0]);
  assert.deepEqual(partOf(large, 'unknown').services, []);
});
