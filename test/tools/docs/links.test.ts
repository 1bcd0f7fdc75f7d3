import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokenLinks } from '#tools/docs/links';
import { projectPaths, readProjectFile } from '#tools/project-files';

test('every link within the project leads somewhere', async () => {
  const paths = new Set(await projectPaths());
  const documents = [...paths].filter((path) => path.endsWith('.md'));
  assert.ok(documents.includes('README.md'));

  const broken = await Promise.all(
    documents.map((path) => brokenLinks(path, { paths, read: readProjectFile })),
  );
  assert.deepEqual(broken.flat(), []);
});

test('a link to a missing file, folder, or heading is reported, and a link to another site is not followed', async () => {
  const texts: Record<string, string> = {
    'a/b.md':
      '# Here\n\n[ok](../c.md) [ok](../c.md#there-is) [ok](#here) [ok](../) [ok](../a/) [ok](https://example.org/x)',
    'a/bad.md': '[1](c.md) [2](../c.md#nowhere) [3](#here) [4](../d/)\n\n![5](p.png)',
    'c.md': '## There is',
  };
  const files = {
    paths: new Set(['a', ...Object.keys(texts)]),
    read: async (path: string) => texts[path]!,
  };

  assert.deepEqual(await brokenLinks('a/b.md', files), []);
  assert.deepEqual(await brokenLinks('a/bad.md', files), [
    'a/bad.md links to c.md, but there is no a/c.md.',
    'a/bad.md links to ../c.md#nowhere, but c.md has no heading #nowhere.',
    'a/bad.md links to #here, but a/bad.md has no heading #here.',
    'a/bad.md links to ../d/, but there is no d.',
    'a/bad.md links to p.png, but there is no a/p.png.',
  ]);
});
