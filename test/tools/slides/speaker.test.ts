/** The speaker window, opened from disk. Its tests share one browser. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after } from 'node:test';
import type { Page } from 'playwright-core';
import { skipWithoutBrowser } from '../../support/browser.ts';
import { slowTest, test } from '../../support/tests.ts';
import { openDeck } from './deck.ts';

const options = { skip: skipWithoutBrowser };
const axe = createRequire(import.meta.url).resolve('axe-core');
const complaints: string[] = [];
const notes = '.speaker-controls-notes:not(.hidden) .value';

let opened: Promise<{ deck: Page; speaker: Page }> | undefined;
after(async () => (await opened)?.deck.context().close());

/** A deck and its speaker window, which is open at the first slide after the lobby. */
function openSpeaker(): Promise<{ deck: Page; speaker: Page }> {
  return (opened ??= (async () => {
    const deck = await openDeck({ query: 'schedule=half-day&theme=light', complaints });
    const [speaker] = await Promise.all([deck.context().waitForEvent('page'), deck.keyboard.press('s')]);
    await speaker.setViewportSize({ width: 1280, height: 800 });
    await speaker.waitForSelector(`${notes} p`);
    assert.match((await speaker.textContent(notes))!, /Say\. Nothing yet\./);
    assert.equal(await speaker.isVisible('#schedule'), false);
    await deck.keyboard.press('ArrowRight');
    await speaker.waitForFunction(
      (value) => document.querySelector(value)?.textContent?.includes('Welcome.'),
      notes,
    );
    return { deck, speaker };
  })());
}

test('the speaker window follows the deck, and says whether the talk is on schedule', options, async () => {
  const { deck, speaker } = await openSpeaker();
  await speaker.waitForSelector('#schedule .pace[data-state=on-schedule]');
  await deck.evaluate(() => (location.hash = '#/step-02-turn'));
  await speaker.waitForSelector('#schedule .pace[data-state=ahead]');
  assert.match((await speaker.textContent('#schedule .pace'))!, /^4[45] min ahead$/);
  await speaker.click('#schedule .reset');
  await speaker.waitForSelector('#schedule .pace[data-state=on-schedule]');
  assert.match((await speaker.innerText('.timer')).replaceAll(/\s/g, ''), /^00:45:\d\d$/);

  // Back at the first slide that is followed by an optional one, the clock is more than half an hour late.
  const { id, from, to } = await deck.$$eval('section.slide', (sections) => {
    const optional = sections.findIndex((section) => section.hasAttribute('data-optional'));
    const next = sections.findIndex((section, at) => at > optional && !section.hasAttribute('data-optional'));
    return { id: sections[optional - 1]!.id, from: optional, to: next + 1 };
  });
  await deck.evaluate((slide) => (location.hash = `#/${slide}`), id);
  await speaker.waitForSelector('#schedule .pace[data-state=behind]');
  assert.match(
    (await speaker.textContent('#schedule .advice'))!,
    new RegExp(`^Skip from ${from} to ${to}, from `),
  );
  await speaker.click('#schedule .skip');
  await deck.waitForFunction(
    (number) => document.querySelector('.slide.present .number')?.textContent === number,
    String(to),
  );
  await speaker.click('#schedule .reset');
  assert.deepEqual(complaints, []);
});

test('at 1280 × 800, the notes of every slide fit beside both slides', options, async () => {
  const { deck, speaker } = await openSpeaker();
  const all = await deck.$$eval('section.slide', (sections) =>
    sections.map(({ id }) => ({ id, html: document.querySelector(`#${id} .notes`)!.innerHTML })),
  );
  const cut = await speaker.evaluate((slides) => {
    const value = document.querySelector('.value')!.cloneNode() as HTMLElement;
    const pane = document.querySelector('.speaker-controls-notes')!;
    const shown = pane.querySelector<HTMLElement>('.value')!;
    shown.replaceWith(value);
    const tooLong = slides.filter(({ html }) => {
      value.innerHTML = html;
      return pane.scrollHeight > pane.clientHeight;
    });
    value.replaceWith(shown);
    return tooLong.map(({ id }) => id);
  }, all);
  assert.deepEqual(cut, []);

  const boxes = await speaker.$$eval('iframe, .timer, .pacing, #schedule, .speaker-controls-notes', (parts) =>
    parts.map((part) => part.getBoundingClientRect().toJSON() as DOMRect),
  );
  assert.equal(boxes.length, 6);
  for (const { left, top, right, bottom } of boxes) {
    assert.ok(left >= 0 && top >= 0 && right <= 1280 && bottom <= 800, `${left} ${top} ${right} ${bottom}`);
  }
});

slowTest(
  'the speaker window has no violations of WCAG AA, light or dark, and passes on T and D',
  options,
  async () => {
    const { deck, speaker } = await openSpeaker();
    await speaker.addScriptTag({ path: axe });
    for (const theme of ['light', 'dark']) {
      const violations = await speaker.evaluate(async () => {
        const { axe: checker } = globalThis as unknown as { axe: typeof import('axe-core') };
        const tags = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'];
        const { violations: found } = await checker.run(document, { runOnly: tags, iframes: false });
        return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
      });
      assert.deepEqual(violations, [], theme);
      assert.equal(await speaker.getAttribute('html', 'data-theme'), theme);
      assert.equal(await deck.getAttribute('html', 'data-theme'), theme);
      if (theme === 'light') {
        await speaker.keyboard.press('d');
        await deck.waitForSelector('html[data-theme=dark]');
      }
    }
    await deck.evaluate(() => (location.hash = '#/step-02-turn'));
    await deck.waitForSelector('#step-02-turn.present');
    await speaker.keyboard.press('t');
    await deck.waitForSelector('#step-02-turn .timer button:text-is("pause")');
  },
);
