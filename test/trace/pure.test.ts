import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const folder = new URL('../../workshop/trace/', import.meta.url);

const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);

for (const file of files) {
  test(`${file} imports only files of trace/, so that it runs in a browser as in Node`, () => {
    const url = new URL(file.replaceAll('\\', '/'), folder);
    const source = readFileSync(url, 'utf8');
    const imports = [...source.matchAll(/\bfrom '([^']+)'|\bimport\(?\s*'([^']+)'/gu)].map(
      (match) => match[1] ?? match[2]!,
    );
    for (const specifier of imports) {
      assert.match(specifier, /^\.{1,2}\/[a-z-]+\.ts$/u);
      assert.ok(new URL(specifier, url).href.startsWith(folder.href), specifier);
    }
    assert.doesNotMatch(source, /\bprocess\.[a-z]+[.(]|\b(?:Buffer|require|document|window)\b[.(]/u);
  });
}
