import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  joined,
  padEnd,
  padStart,
  printable,
  shortened,
  widthOf,
  wrapped,
} from '#workshop/trace/terminal-text';
import { hostileText } from './arbitrary.ts';

test('control characters become visible characters', () => {
  assert.equal(printable('\x1b[31mred\x1b[0m'), '␛[31mred␛[0m');
  assert.equal(printable('a\r\nb\tc\x07\x7f'), 'a␍␊b␉c␇␡');
  assert.equal(printable('\x9b31m \u202eevil\u2028 \ud800'), '�31m �evil� �');
});

test('text in any script is unchanged', () => {
  for (const text of ['GET /bands/:id', 'Müller', 'שלום עולם', '評論', '👩‍💻 🇩🇪', 'e\u0301', 'नमस्ते']) {
    assert.equal(printable(text), text);
  }
});

const widths: [text: string, columns: number][] = [
  ['', 0],
  ['GET', 3],
  ['Müller', 6],
  ['e\u0301', 1],
  ['\u200b', 0],
  ['評論', 4],
  ['ｶﾅ', 2],
  ['カナ', 4],
  ['한국어', 6],
  ['שלום', 4],
  ['👩‍💻', 2],
  ['🇩🇪', 2],
  ['❤️', 2],
  ['✗ … █ ░ ├ └ µ', 13],
];

for (const [text, columns] of widths) {
  test(`${JSON.stringify(text)} takes ${columns} columns`, () => assert.equal(widthOf(text), columns));
}

test('text is shortened in the middle, and only if it is too long', () => {
  assert.equal(shortened('request handler - fastify', 25), 'request handler - fastify');
  assert.equal(shortened('request handler - fastify', 16), 'request ha…stify');
  assert.equal(shortened('reviews', 4), 'rev…');
  assert.equal(shortened('評論評論評論評論', 9), '評論評…論');
  assert.deepEqual([shortened('abc', 1), shortened('abc', 0)], ['…', '']);
});

test('text is wrapped at spaces, and a word longer than a line is shortened', () => {
  assert.deepEqual(wrapped('the caller is not traced', 11), ['the caller', 'is not', 'traced']);
  assert.deepEqual(wrapped('see a-very-long-word', 9), ['see', 'a-very…rd']);
  assert.deepEqual(wrapped('', 9), ['']);
});

test('parts are joined into lines and are not broken', () => {
  assert.deepEqual(joined(['6.540 s', '7 spans', '✗ 1 error'], ' · ', 18), [
    '6.540 s · 7 spans',
    '✗ 1 error',
  ]);
  assert.deepEqual(joined([], ' · ', 18), []);
});

test('padding counts columns, not characters', () => {
  assert.deepEqual([padEnd('評', 4), padStart('評', 4), padEnd('long', 2)], ['評  ', '  評', 'long']);
});

test('any text becomes printable in one pass, and fits after it is shortened', () => {
  fc.assert(
    fc.property(hostileText, fc.integer({ min: 0, max: 40 }), (text, width) => {
      const shown = printable(text);
      assert.doesNotMatch(shown, /[\p{Cc}\p{Bidi_Control}\p{Surrogate}\u2028\u2029]/u);
      assert.equal(printable(shown), shown);
      assert.ok(widthOf(shortened(shown, width)) <= width);
      assert.ok(wrapped(shown, width + 1).every((line) => widthOf(line) <= width + 1));
      assert.equal(widthOf(padEnd(shown, 200)), Math.max(200, widthOf(shown)));
    }),
    { numRuns: 500 },
  );
});
