import assert from 'node:assert/strict';
import { test } from 'node:test';
import { transform } from 'esbuild';
import { asTyped } from '#tools/docs/typed';
import { readLessonFiles } from '#workshop/course/files';
import { listSteps } from '#workshop/course/list';

const given = `// Given.
/**
 * Given, too.
 */
const url = 'http://localhost'; // given
`;

test('comments that the reader was given stay, and new ones are left out', () => {
  assert.equal(asTyped(given, given), given);
  const after = `${given}
/** New. */
function added() {
  // New.
  return url; // new
}

/**
 * New, and on several lines.
 */
const path = \`\${url}//a\`;
`;
  const typed = `${given}
function added() {
  return url;
}

const path = \`\${url}//a\`;
`;
  assert.equal(asTyped(after, given), typed);
});

test('where a step adds to a comment, the old one is still there', () => {
  const after = given.replace('// given', '// given: more').replace('Given, too', 'Given, too, and more');
  assert.equal(asTyped(after, given), given);
});

test('a comment that is replaced is removed', () => {
  const after = given.replace(' * Given, too.', ' * Another one.');
  assert.equal(asTyped(after, given), "// Given.\nconst url = 'http://localhost'; // given\n");
});

test('a comment is removed with the code below it', () => {
  assert.equal(asTyped("const url = '';\n", given), "const url = '';\n");
});

test('every file of every step is the same program without its comments', async () => {
  const program = async (text: string) =>
    (await transform(text, { loader: 'ts', minifyWhitespace: true, legalComments: 'none' })).code;
  for (const { name, folder } of await listSteps()) {
    for (const [path, text] of await readLessonFiles(folder)) {
      if (!path.endsWith('.ts')) continue;
      const typed = asTyped(text, '');
      assert.equal(await program(typed), await program(text), `${name}/${path}`);
      assert.doesNotMatch(typed, /^\s*(?:\/\/|\/\*)/m, `${name}/${path}`);
    }
  }
});
