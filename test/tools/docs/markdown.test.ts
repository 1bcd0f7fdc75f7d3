import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { projectPaths } from '#tools/project-files';
import { consoleBlock, generatedBlock, readAnchors, readBlocks, readLinks } from '#tools/markdown';
import { projectFolder } from '#workshop/settings';

const fence = '```';
const document = `# Title

Text with \`$ no command\`.

${fence}console
$ npm run step 2
Step 2 is in the working copy.
$ npm run check

${fence}

${fence}console stays
$ npm run backend
ready
${fence}

${fence}sh
$ npm ci
${fence}

<!-- diff 02 03 run.ts -->

${fence}diff
+ new
${fence}

<!-- end -->
<!-- A remark begins with a capital. -->
The end.
`;

const whole = (text: string) =>
  readBlocks(text)
    .map(({ raw }) => raw)
    .join('');

test('a document is its blocks, byte for byte', async () => {
  assert.equal(whole(document), document);
  for (const path of (await projectPaths()).filter((name) => name.endsWith('.md'))) {
    const text = await readFile(join(projectFolder, path), 'utf8');
    assert.equal(whole(text), text, path);
  }
});

test('commands, blocks that stay, and generated parts are found; other fences and comments are text', () => {
  const found = readBlocks(document).filter(({ kind }) => kind !== 'text');
  assert.deepEqual(
    found.map((block) => ({ ...block, raw: '' })),
    [
      {
        kind: 'console',
        raw: '',
        stays: false,
        commands: [
          { command: 'npm run step 2', output: 'Step 2 is in the working copy.' },
          { command: 'npm run check', output: '' },
        ],
      },
      { kind: 'console', raw: '', stays: true, commands: [{ command: 'npm run backend', output: 'ready' }] },
      {
        kind: 'generated',
        raw: '',
        name: 'diff',
        words: ['02', '03', 'run.ts'],
        body: `${fence}diff\n+ new\n${fence}`,
      },
    ],
  );
});

test('a regenerated block has the same form', () => {
  for (const block of readBlocks(document)) {
    if (block.kind === 'generated') assert.equal(generatedBlock(block, block.body), block.raw);
    if (block.kind === 'console')
      assert.deepEqual(readBlocks(consoleBlock(block, block.commands))[0], {
        ...block,
        raw: consoleBlock(block, block.commands),
      });
  }
});

test('a block that cannot be run or updated is rejected with a sentence', () => {
  assert.throws(
    () => readBlocks(`${fence}console\nls\n${fence}\n`),
    /begins with "ls", which is not a command/,
  );
  assert.throws(() => readBlocks(`- item\n\n  ${fence}console\n  $ ls\n  ${fence}\n`), /part of a list/);
  assert.throws(() => readBlocks('<!-- steps -->\n\ntext\n'), /<!-- steps … --> has no <!-- end -->/);
  assert.throws(
    () => readBlocks('<!-- steps -->\n\n<!-- trace 05 -->\n\n<!-- end -->\n'),
    /has no <!-- end -->/,
  );
});

test('links are found in text, images, and HTML, but not in code', () => {
  const text = `[a](b.md#c) ![i](p.png) \`[no](no.md)\`

<picture><source srcset="dark.png 2x, light.png"><img src="x.png" alt=""></picture>

| [t](table.md) |
|---|

${fence}
[no](no.md)
${fence}
`;
  assert.deepEqual(readLinks(text), ['b.md#c', 'p.png', 'dark.png', 'light.png', 'x.png', 'table.md']);
});

test('anchors are the ones that GitHub generates', () => {
  const text = "# What `npm run` *does*\n\n## If it doesn't work\n\n## Try this\n\n## Try this\n";
  assert.deepEqual(
    [...readAnchors(text)],
    ['what-npm-run-does', 'if-it-doesnt-work', 'try-this', 'try-this-1'],
  );
});
