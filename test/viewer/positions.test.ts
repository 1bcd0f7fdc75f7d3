import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { placeAt, positionsOf, topOf } from '#workshop/viewer/trace/positions';

test('rows lie one below the other, and details push down those after them', () => {
  const positions = positionsOf(40, 5, [{ place: 1, height: 100 }]);
  assert.deepEqual(
    [0, 1, 2, 3, 5].map((place) => topOf(positions, place)),
    [0, 40, 180, 220, 300],
  );
});

test('the row at a height is found, with its details as part of it', () => {
  const positions = positionsOf(40, 5, [
    { place: 3, height: 50 },
    { place: 1, height: 100 },
  ]);
  assert.deepEqual(
    [-10, 0, 39, 40, 79, 80, 179, 180, 259, 260, 309, 310, 9_999].map((px) => placeAt(positions, px)),
    [0, 0, 0, 1, 1, 1, 1, 2, 3, 3, 3, 4, 4],
  );
});

test('wherever details are open, the row at the upper edge of a row is that row', () => {
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

test('an empty list has a first place, so that nothing has to ask', () => {
  assert.equal(placeAt(positionsOf(40, 0, []), 100), 0);
});
