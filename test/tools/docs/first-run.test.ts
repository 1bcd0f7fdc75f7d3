import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstRunPath, firstRunPicture } from '#tools/pictures/first-run';
import { readProjectFile } from '#tools/project-files';
import { useBrowser, skipWithoutBrowser } from '../../support/browser.ts';

const readme = await readProjectFile('README.md');

test('the moving picture shows the run that the README shows, and is small', async () => {
  const picture = await readProjectFile(firstRunPath);
  assert.equal(picture, firstRunPicture(readme), 'npm run docs updates it');
  assert.ok(picture.length <= 300_000, `${picture.length} characters`);
});

test('a document without a run has no picture', () => {
  assert.throws(() => firstRunPicture('# Nothing'), /no console block with "\$ npx tsx run\.ts"/);
});

test(
  'it moves, and stands still for a reader who prefers reduced motion',
  { skip: skipWithoutBrowser },
  async (t) => {
    const browser = await useBrowser();
    t.after(() => browser.close());
    const page = await browser.newPage();
    const lines = firstRunPicture(readme).match(/<g /g)!.length;
    await page.setContent(firstRunPicture(readme));
    assert.equal(await page.evaluate('document.getAnimations().length'), lines);

    await page.emulateMedia({ reducedMotion: 'reduce' });
    assert.equal(await page.evaluate('document.getAnimations().length'), 0);
    assert.equal(
      await page.evaluate(`getComputedStyle(document.querySelector('g:last-of-type')).opacity`),
      '1',
    );
  },
);

test('the badges say what package.json says', async () => {
  const { engines, license } = JSON.parse(await readProjectFile('package.json'));
  const [nodeBadge, licenseBadge] = [...readme.matchAll(/badge\/([^)]+)\)/g)].map(([, words]) =>
    decodeURIComponent(words!),
  );
  assert.equal(nodeBadge, `Node.js-${engines.node.replace('>=', '≥ ')}-brightgreen`);
  assert.equal(licenseBadge, `license-${license}-blue`);
});
