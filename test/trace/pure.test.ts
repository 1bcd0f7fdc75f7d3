import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const folder = new URL('../../workshop/trace/', import.meta.url);

for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.ts'),
)) {
  test(`${file} runs in a browser as it does in Node: it imports only its neighbors and string-width`, () => {
    const source = readFileSync(new URL(file, folder), 'utf8');
    const imports = [...source.matchAll(/\bfrom '([^']+)'|\bimport\(?\s*'([^']+)'/gu)].map(
      (match) => match[1] ?? match[2]!,
    );
    for (const specifier of imports)
      assert.match(specifier, /^(?:\.{1,2}\/(?:search\/)?[a-z-]+\.ts|string-width)$/u);
    assert.doesNotMatch(source, /\bprocess\.[a-z]+[.(]|\b(?:Buffer|require|document|window)\b[.(]/u);
  });
}
