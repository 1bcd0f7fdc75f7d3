import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { placeAt, positionsOf, topOf } from '#workshop/viewer/trace/positions';

test('rows follow each other, and details move the rows below them down', () => {
  const positions = positionsOf(40, 5, [{ place: 1, height: 100 }]);
  assert.deepEqual(
    [0, 1, 2, 3, 5].map((place) => topOf(positions, place)),
    [0, 40, 180, 220, 300],
  );
});

test('a vertical position belongs to the row there, or to the row whose details are there', () => {
  const positions = positionsOf(40, 5, [
    { place: 3, height: 50 },
    { place: 1, height: 100 },
  ]);
  assert.deepEqual(
    [-10, 0, 39, 40, 79, 80, 179, 180, 259, 260, 309, 310, 9_999].map((px) => placeAt(positions, px)),
    [0, 0, 0, 1, 1, 1, 1, 2, 3, 3, 3, 4, 4],
  );
});

test('for any open details, the row at the top of a row is that row', () => {
  const open = fc.uniqueArray(fc.record({ place: fc.nat(49), height: fc.integer({ min: 1, max: 500 }) }), {
    selector: ({ place }) => place,
  });
  fc.assert(
    fc.property(open, (opened) => {
      const positions = positionsOf(40, 50, opened);
      for (let place = 0; place < 50; place++)
        assert.equal(placeAt(positions, topOf(positions, place)), place);
    }),
  );
});

test('every position in an empty list is place 0', () => {
  assert.equal(placeAt(positionsOf(40, 0, []), 100), 0);
});
