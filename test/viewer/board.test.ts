import assert from 'node:assert/strict';
import { test } from 'node:test';
import { join, memberWith, newRoom, report } from '#workshop/board/room';
import { lessons } from '../board/support.ts';
import { startBoard } from '#workshop/board/server';
import { skipWithoutBrowser, useBrowser } from '../support/browser.ts';
import { accessible, narrowest } from './viewer.ts';

test(
  'the board shows thirty people and who is stuck, follows new reports, hides names, and is accessible',
  { skip: skipWithoutBrowser },
  async (t) => {
    const start = Date.UTC(2026, 10, 28, 9);
    let now = start;
    const room = newRoom(start);
    const options = { room, save: async () => {}, lessons, port: 0, now: () => now };
    const schedule = [{ startsAt: 0, minutes: 3, title: 'Step 1', step: 1 }];
    const board = await startBoard({ ...options, schedule });
    t.after(board.close);
    const browser = await useBrowser();
    t.after(() => browser.close());
    const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
    const heard: string[] = [];
    page.on('console', (message) => heard.push(message.text()));
    page.on('pageerror', (error) => heard.push(error.message));
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

    await page.goto(board.pageUrl);
    await page.getByRole('heading', { name: 'Waiting for people to join' }).waitFor();
    assert.equal(await page.locator('.join code').textContent(), `npm run join -- ${board.joinUrl}`);
    await accessible(page);

    for (let number = 1; number <= 30; number++) {
      const token = join(room, { code: '', nickname: `<b>Ada ${number}` }, '', now)!;
      report(memberWith(room, token)!, { step: 1, unmet: number <= 10 ? 2 : null }, now);
    }
    now += 5 * 60_000;
    await page.getByRole('heading', { name: '10 of 30 are stuck at step 1' }).waitFor();
    await page.getByRole('heading', { name: 'On schedule' }).waitFor();
    assert.equal(await page.locator('.people > li').count(), 30);
    assert.equal(await page.locator('.people > .stuck').count(), 10);
    assert.match(
      (await page.locator('.people > .stuck').first().textContent())!,
      /<b>Ada 1.*stuck at step 1 for 5 minutes/,
    );
    await accessible(page);
    assert.ok((await overflow()) <= 0);

    await page.keyboard.press('n');
    await page.locator('.people bdi', { hasText: /^#1$/ }).waitFor();
    assert.doesNotMatch((await page.locator('#content').textContent())!, /Ada/);
    await page.setViewportSize(narrowest);
    assert.ok((await overflow()) <= 0);
    assert.deepEqual(heard, []);

    await board.close();
    await page.getByText('The board does not respond.').waitFor();
  },
);
