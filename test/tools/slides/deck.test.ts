import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildDeck } from '#tools/slides/build';
import { schedules, type ScheduleName } from '#tools/slides/model';
import { printDeck } from '#tools/slides/pdf';
import { readDeck } from '#tools/slides/read';
import { projectFolder } from '#workshop/settings';
import { listSteps } from '#workshop/course/list';
import { skipWithoutBrowser } from '../../support/browser.ts';
import { temporaryFolder } from '../../support/environment.ts';
import { slowTest, test } from '../../support/tests.ts';
import { openDeck, sharedDeck, slideIds } from './deck.ts';
import { layoutFaults } from './measure.ts';

const options = { skip: skipWithoutBrowser };
const axe = createRequire(import.meta.url).resolve('axe-core');

for (const [width, height] of [
  [1920, 1080],
  [1280, 720],
] as const) {
  (width === 1920 ? test : slowTest)(
    `at ${width} × ${height}, every slide fits and its text is large enough`,
    options,
    async () => {
      const complaints: string[] = [];
      const page = await openDeck({ width, height, complaints });
      assert.deepEqual(await page.evaluate(layoutFaults), []);
      assert.deepEqual(complaints, []);
      await page.context().close();
    },
  );
}

test('the code on slides matches the steps line by line, with at most thirteen lines', options, async () => {
  const page = await sharedDeck();
  const slides = await page.$$eval('section.slide', (sections) =>
    sections.map((section) => ({
      id: section.id,
      lines: [...section.querySelectorAll<HTMLElement>('figure.code')].flatMap((figure) =>
        [...figure.querySelectorAll<HTMLElement>('.hljs-ln-code')].map((line) => ({
          file: figure.dataset['file']!,
          number: Number(line.dataset['line']),
          text: line.textContent,
          isCut: line.classList.contains('cut'),
        })),
      ),
    })),
  );

  const files = new Map<string, string[]>();
  let compared = 0;
  for (const { id, lines } of slides) {
    assert.ok(lines.length <= 13, `${id} has ${lines.length} lines of code`);
    for (const { file, number, text, isCut } of lines) {
      if (isCut || text === '') continue;
      if (!files.has(file))
        files.set(file, (await readFile(join(projectFolder, file), 'utf8')).split(/\r?\n/));
      const all = files.get(file)!;
      if (file.endsWith('.md')) assert.ok(all.includes(text), `${id}: "${text}" is not in ${file}`);
      else assert.equal(text, all[number - 1], `${id}: line ${number} of ${file}`);
      compared++;
    }
  }
  assert.ok(compared > 100, `${compared} lines`);
});

test('every slide with a change marks added or removed lines', options, async () => {
  const page = await sharedDeck();
  const marked = await page.$$eval('section.change:not(.before)', (sections) =>
    sections.map(({ id, previousElementSibling: before }) => {
      const states = before?.id === `${id}-before` ? [`${id}-before`, id] : [id];
      const lines = states.map((state) => `#${state} :is(.added, .removed)`).join();
      return { id, lines: document.querySelectorAll(lines).length };
    }),
  );
  assert.ok(marked.length >= 12);
  assert.deepEqual(
    marked.filter(({ lines }) => lines === 0),
    [],
  );
});

slowTest('no slide before the hunt says where the time goes', options, async () => {
  for (const schedule of ['ninety', 'half-day']) {
    const page = await openDeck({ query: `schedule=${schedule}` });
    const told = await page.$$eval('section.slide', (sections) => {
      const hunt = sections.findIndex(({ id }) => id.startsWith('bug-hunt'));
      return sections
        .slice(0, hunt)
        .filter(({ id }) => id.startsWith('step-'))
        .filter(
          (section) => section.querySelector('.gap, .critical') || /sleep\(5_000/.test(section.innerHTML),
        )
        .map(({ id }) => id);
    });
    assert.deepEqual(told, [], schedule);
    const ids = await slideIds(page);
    assert.equal(ids[ids.indexOf('step-05-see') + 1], 'bug-hunt-where-is-the-time');
    await page.context().close();
  }
});

for (const theme of ['light', 'dark']) {
  (theme === 'light' ? test : slowTest)(
    `the ${theme} slides have no violations of WCAG AA, including contrast`,
    options,
    async () => {
      // When printed, all slides are in the document at once.
      const page = await openDeck({ query: `schedule=all&view=print&theme=${theme}` });
      await page.waitForSelector('.reveal-print .pdf-page');
      await page.addScriptTag({ path: axe });
      const violations = await page.evaluate(async () => {
        const { axe: checker } = globalThis as unknown as typeof import('axe-core') & {
          axe: typeof import('axe-core');
        };
        const tags = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'];
        const { violations: found } = await checker.run(document, {
          runOnly: tags,
          resultTypes: ['violations'],
        });
        return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
      });
      assert.deepEqual(violations, []);
      await page.context().close();
    },
  );
}

test('every picture has a description or is an ornament', options, async () => {
  const page = await sharedDeck();
  const silent = await page.$$eval('section.slide svg, section.slide img', (pictures) =>
    pictures
      .filter((picture) => picture.getAttribute('aria-hidden') !== 'true')
      .filter(
        (picture) => (picture.getAttribute('aria-label') ?? picture.getAttribute('alt') ?? '').length < 20,
      )
      .map((picture) => picture.closest('section')!.id),
  );
  assert.deepEqual(silent, []);
});

slowTest('right goes through all slides, and left goes back', options, async () => {
  const page = await openDeck();
  const ids = await slideIds(page);
  const here = () => page.$eval('section.slide.present', ({ id }) => id);
  const passed = [await here()];
  for (const id of ids.slice(1)) {
    // A change has a stop for each of its parts.
    const stops = await page.$$eval('section.slide.present .stop', ({ length }) => length);
    for (let press = 0; press <= stops; press++) await page.keyboard.press('ArrowRight');
    await page.waitForFunction((next) => document.getElementById(next)!.classList.contains('present'), id);
    passed.push(await here());
  }
  assert.deepEqual(passed, ids);
  await page.keyboard.press('ArrowLeft');
  await page.waitForFunction((id) => document.getElementById(id)!.classList.contains('present'), ids.at(-2)!);
  await page.context().close();
});

slowTest(
  'G and a slide number go to that slide, even to one with the code before a change',
  options,
  async () => {
    for (const query of ['', 'schedule=messages']) {
      const page = await openDeck({ query });
      const slides = await page.$$eval('section.slide', (sections) =>
        sections.map((section) => ({
          id: section.id,
          number: section.querySelector('.number')!.textContent,
          isBefore: section.classList.contains('before'),
        })),
      );
      assert.ok(slides.some(({ isBefore }) => isBefore));
      // From the last slide to the first, so that the target is never the current slide.
      for (const { id, number } of slides.toReversed()) {
        await page.keyboard.press('g');
        await page.keyboard.type(number);
        await page.keyboard.press('Enter');
        // When the box loses the focus, reveal.js closes it again after 1 ms.
        await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 2)));
        assert.equal(await page.$eval('section.slide.present', (section) => section.id), id, `G ${number}`);
      }
      await page.context().close();
    }
  },
);

slowTest(
  'lines of code move to their new place, unless the user prefers reduced motion',
  options,
  async () => {
    for (const reducedMotion of ['no-preference', 'reduce'] as const) {
      const page = await openDeck({ reducedMotion });
      await page.evaluate(() => (location.hash = '#/step-03-change-before'));
      await page.waitForSelector('#step-03-change-before.present');
      await page.keyboard.press('ArrowRight');
      await page.waitForSelector('#step-03-change.present');
      const moving = await page.$$eval(
        '#step-03-change .hljs-ln-code[data-auto-animate-target]',
        (lines) => lines.length,
      );
      if (reducedMotion === 'reduce') assert.equal(moving, 0);
      else assert.ok(moving > 0, 'no line is moved');
      await page.context().close();
    }
  },
);

slowTest('right goes through the parts of a change, and dims the other lines', options, async () => {
  const page = await openDeck();
  await page.evaluate(() => (location.hash = '#/step-05-change'));
  await page.waitForSelector('#step-05-change.present');
  const bright = () =>
    page.$$eval('#step-05-change .hljs-ln-code', (lines) =>
      lines.flatMap((line) => (getComputedStyle(line).opacity === '1' ? [line.textContent.trim()] : [])),
    );
  const all = await bright();
  assert.equal(all.length, 13);
  const seen: string[] = [];
  for (let stop = 0; stop < (await page.locator('#step-05-change .stop').count()); stop++) {
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(
      (part) =>
        [...document.querySelectorAll('#step-05-change .hljs-ln-code')].every(
          (line) => (getComputedStyle(line).opacity === '1') === line.classList.contains(`part-${part}`),
        ),
      stop,
    );
    seen.push(...(await bright()));
  }
  assert.deepEqual(seen.toSorted(), all.toSorted());
  await page.context().close();
});

slowTest('with reduced motion, bars do not grow and packets do not travel', options, async () => {
  const moving = async (id: string, selector: string, reducedMotion: 'reduce' | 'no-preference') => {
    const page = await openDeck({ reducedMotion });
    await page.evaluate((slide) => (location.hash = `#/${slide}`), id);
    await page.waitForSelector(`#${id}.present`);
    const names = await page.$$eval(`#${id} ${selector}`, (elements) =>
      elements.map((element) => getComputedStyle(element).animationName),
    );
    await page.context().close();
    return [...new Set(names)];
  };
  for (const [id, selector, name] of [
    ['step-05-see', '.bar', 'grow'],
    ['step-10-problem', '.packet', 'travel'],
    ['step-10-see', '.bar', 'gather'],
  ] as const) {
    assert.deepEqual(await moving(id, selector, 'reduce'), ['none']);
    assert.deepEqual(await moving(id, selector, 'no-preference'), [name]);
  }
});

test("a schedule shows its slides, with the minutes of each in the speaker's notes", options, async () => {
  const slides = (await readDeck()).chapters.flatMap((chapter) => chapter.slides);
  for (const schedule of Object.keys(schedules) as ScheduleName[]) {
    const page = await openDeck({ query: schedule === 'ninety' ? '' : `schedule=${schedule}` });
    const shown = await page.$$eval('section.slide:not(.before)', (sections) =>
      sections.map((section) => ({
        id: section.id,
        seconds: Number((section as HTMLElement).dataset['timing']),
      })),
    );
    const wanted = slides
      .map(({ id, notes }) => ({ id, seconds: notes.minutes[schedule] * 60 }))
      .filter(({ id, seconds }) => seconds > 0 || id.startsWith('lobby'));
    assert.deepEqual(shown, wanted, schedule);
    await page.context().close();
  }
});

test('an unknown schedule gives an error that lists the schedules', options, async () => {
  const page = await openDeck({ query: 'schedule=half-a-day' });
  assert.equal(
    await page.textContent('.problem-banner[role=alert]'),
    'There is no schedule "half-a-day", only ninety, half-day, messages, monitoring, operate, endpoints, all. This is ninety.',
  );
  await page.context().close();
});

test('the notes begin with the minutes of the current schedule only', options, async () => {
  for (const [query, minutes] of [
    ['', '0:19:30 · 5.5 min'],
    ['schedule=half-day', '0:45 · 7 min'],
    ['schedule=all', '5.5 min (90 minutes) · 7 min (Half a day)'],
  ] as const) {
    const page = await openDeck({ query });
    assert.equal(await page.textContent('#step-02-turn .notes p'), minutes);
    await page.context().close();
  }
});

test('a slide for typing says where the text is', options, async () => {
  const page = await sharedDeck();
  const texts = await page.$$eval('section.turn', (sections) =>
    sections.map(({ id, textContent }) => [
      Number(/^step-(\d+)/.exec(id)?.[1]),
      /steps\/(\S+)\/README\.md/.exec(textContent)?.[1],
    ]),
  );
  const steps = await listSteps();
  for (const { number, name } of steps) {
    assert.ok(
      texts.some(([of, text]) => of === number && text === name),
      name,
    );
  }
});

test("no line of a command's output wraps within a word", options, async () => {
  const page = await sharedDeck();
  const broken = await page.$$eval('.hljs-ln-code .word', (words) =>
    words.filter((word) => word.getClientRects().length > 1).map(({ textContent }) => textContent),
  );
  assert.deepEqual(broken, []);
});

test('the text in a dashed bar has a background, so that no tick crosses it', options, async () => {
  const page = await sharedDeck();
  const fill = await page.$eval('#step-03-see .ghost rect', (rect) => getComputedStyle(rect).fill);
  const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(fill, paper);
});

test('the list of shortcuts and its headings are readable in both themes', options, async () => {
  for (const theme of ['light', 'dark']) {
    const page = await openDeck({ query: `theme=${theme}` });
    await page.keyboard.press('Shift+Slash');
    const colors = await page.$$eval('.r-overlay-help :is(th, td)', (cells) =>
      cells.map((cell) => getComputedStyle(cell).color),
    );
    assert.deepEqual(new Set(colors), new Set(['rgb(255, 255, 255)']), theme);
    await page.context().close();
  }
});

test('the URL of a slide shows it, whichever schedule it is in', options, async () => {
  for (const id of ['step-13-see', 'step-03-turn-1']) {
    const page = await openDeck({ query: `#/${id}` });
    await page.waitForSelector(`#${id}.present`);
    await page.context().close();
  }
});

slowTest('T starts and pauses the timer of a slide, which runs out', options, async () => {
  const page = await openDeck({ query: '' });
  await page.clock.install();
  await page.reload();
  await page.waitForSelector('html[data-ready]');
  await page.evaluate(() => (location.hash = '#/step-02-turn'));
  await page.clock.runFor(1_000);
  await page.waitForSelector('#step-02-turn.present');
  const time = () => page.textContent('#step-02-turn .time');
  assert.equal(await time(), '5:30');
  await page.keyboard.press('t');
  await page.clock.runFor(61_500);
  assert.equal(await time(), '4:29');
  await page.keyboard.press('t');
  await page.clock.runFor(30_000);
  assert.equal(await time(), '4:29');
  await page.click('#step-02-turn .timer button');
  await page.clock.runFor(270_000);
  assert.equal(await time(), '0:00');
  assert.equal(await page.textContent('#step-02-turn .timer button'), 'restart');
  await page.context().close();
});

slowTest('in the lobby, the timer counts down to the start that the URL gives', options, async () => {
  const page = await openDeck({ query: '' });
  await page.clock.install({ time: new Date(2026, 0, 1, 9, 0) });
  await page.goto(`${page.url().replace(/[?#].*/, '')}?start=09:30`);
  await page.waitForSelector('html[data-ready]');
  await page.clock.runFor(90_000);
  assert.match((await page.textContent('section.lobby .time'))!, /^28:/);
  await page.goto(`${page.url().replace(/[?#].*/, '')}?start=soon`);
  assert.equal(
    await page.textContent('.problem-banner[role=alert]'),
    '"start=soon" is not a time of day: write it as in start=09:30.',
  );
  await page.context().close();
});

test('D switches between light and dark, also in the URL', options, async () => {
  const page = await openDeck({ query: 'theme=light' });
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await paper();
  await page.keyboard.press('d');
  assert.notEqual(await paper(), light);
  assert.match(page.url(), /theme=dark/);
  await page.context().close();
});

test('links use https, and none leads out of the folder', options, async () => {
  const page = await sharedDeck();
  const links = await page.$$eval('section.slide a', (all) => all.map((link) => link.getAttribute('href')!));
  assert.ok(links.length > 0);
  for (const link of links) assert.equal(new URL(link).protocol, 'https:', link);
});

async function pagesOf(file: string): Promise<number> {
  return (await readFile(file, 'latin1')).match(/\/Type \/Page\b(?!s)/g)!.length;
}

slowTest('the PDF has one page per slide of the schedule', options, async (t) => {
  const file = join(await temporaryFolder(t), 'deck.pdf');
  const built = await buildDeck();
  await printDeck(built, file);
  assert.equal(await pagesOf(file), built.get('index.html')!.match(/<section id=/g)!.length);

  await printDeck(built, file, { schedule: 'messages' });
  const page = await openDeck({ query: 'schedule=messages' });
  assert.equal(await pagesOf(file), (await slideIds(page)).length);
  await page.context().close();
});

slowTest(
  'the printed notes have several slides per page, each with its picture and time',
  options,
  async (t) => {
    const file = join(await temporaryFolder(t), 'notes.pdf');
    await printDeck(await buildDeck(), file, { schedule: 'ninety', notes: true });
    const slides = (await readDeck()).chapters.flatMap((chapter) => chapter.slides);
    const shown = slides.filter(({ kind, notes }) => kind === 'lobby' || notes.minutes.ninety > 0);
    assert.ok((await pagesOf(file)) <= shown.length / 3, `${await pagesOf(file)} pages`);

    const page = await openDeck({ query: 'schedule=ninety&view=print&with=notes' });
    const rows = await page.$$eval('article', (articles) =>
      articles.map((article) => ({
        picture: article.querySelector('.pdf-page section.slide')!.id,
        text: article.querySelector<HTMLElement>('.text')!.innerText,
      })),
    );
    assert.deepEqual(
      rows.map(({ picture }) => picture),
      shown.map(({ id }) => id),
    );
    const turn = rows.find(({ picture }) => picture === 'step-02-turn')!;
    assert.match(turn.text, /^\d+\. Write bands-api\/tracing\.ts\s+0:19:30 · 5\.5 min\s+Say\. /);
    await page.context().close();
  },
);
