import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyPatch } from 'diff';
import fc from 'fast-check';
import { hunksOf } from '#tools/docs/hunks';

const before = `import { a } from 'a';
import { b } from 'b';

function first() {
  one();
  two();
}

const list = [
  1,
];

function second() {
  three();
  four();
}
`;

const hunks = (after: string) => hunksOf(before, after);

test('a hunk shows one line around the change and says what it is in', () => {
  assert.deepEqual(hunks(before.replace('  two();', '  too();')), [
    '@@ -5,3 +5,3 @@ function first() {',
    '   one();',
    '-  two();',
    '+  too();',
    ' }',
  ]);
});

test('it does not repeat a line that it shows, nor name what has ended before it', () => {
  assert.equal(hunks(before.replace('  one();\n', ''))[0], '@@ -4,3 +4,2 @@');
  assert.equal(hunks(before.replace('const list', 'const lists'))[0], '@@ -8,3 +8,3 @@');
  assert.equal(hunks(before.replace('import { b }', 'import { c }'))[0], '@@ -1,3 +1,3 @@');
  assert.equal(
    hunks(before.replace('function first', 'const x = 1;\n\nfunction first'))[0],
    '@@ -3,2 +3,4 @@',
  );
});

test('distant changes are hunks of their own, a new file is all plus, and nothing is nothing', () => {
  const both = hunks(before.replace('one', 'uno').replace('four', 'quattro'));
  assert.deepEqual(
    both.filter((line) => line.startsWith('@@')),
    ['@@ -4,3 +4,3 @@', '@@ -14,3 +14,3 @@ function second() {'],
  );
  assert.deepEqual(hunksOf(undefined, 'a\nb\n'), ['@@ -1,0 +1,2 @@', '+a', '+b']);
  assert.deepEqual(hunks(before), []);
});

test('whatever changes, the hunks are a patch that makes it', () => {
  const text = fc
    .array(fc.constantFrom('a', ' b', '', '}', 'import x', 'function f() {'), { minLength: 1 })
    .map((lines) => `${lines.join('\n')}\n`);
  fc.assert(
    fc.property(text, text, (one, other) => {
      const patch = ['--- a/file', '+++ b/file', ...hunksOf(one, other), ''].join('\n');
      assert.equal(one === other ? one : applyPatch(one, patch), other);
    }),
  );
});
