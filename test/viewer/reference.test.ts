/** Ten ways in which Jaeger's pages fall short in a workshop, and the state that they leave out of the URL. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { colorIndex } from '#workshop/trace/colors';
import { skipWithoutBrowser as skip } from '../support/browser.ts';
import { slowTest, test } from '../support/tests.ts';
import { tracesOfSteps } from './steps.ts';
import { largeTrace, richTrace, spanIdOf, traceIdOf, traceOf } from './traces.ts';
import { closed, desktop, laptop, phone, rowNames, viewer } from './viewer.ts';

const pages = viewer();
const slowStep = '05-find-the-slow-review';
const fixedStep = '06-fix-the-bugs';
const ids = tracesOfSteps(pages, ['04-trace-reviews-api', slowStep, fixedStep], skip);

const screens = {
  'a desktop': { viewport: desktop },
  'a laptop': { viewport: laptop },
  'a phone': { viewport: phone },
  'a projector': { viewport: desktop, projector: true },
};

for (const [screen, options] of Object.entries(screens)) {
  (screen === 'a desktop' ? test : slowTest)(
    `1. every span shows its duration on the screen, without overlapping its name, on ${screen}`,
    { skip },
    async () => {
      const page = await pages.open(`/trace/${ids[slowStep]}`, options);
      await rowNames(page);
      const places = await page.locator('.span-row').evaluateAll((rows) =>
        rows.map((row) => {
          const box = (selector: string) =>
            row.querySelector(selector)!.getBoundingClientRect().toJSON() as DOMRect;
          return { duration: box('.duration'), lane: box('.lane'), name: box('.name') };
        }),
      );
      assert.equal(places.length, 8);
      const roomPx = 'projector' in options ? 8 : 4; // a line of text is a little higher than its letters
      for (const { duration, lane, name } of places) {
        assert.ok(duration.width > 20 && duration.left >= lane.left - 1 && duration.right <= lane.right + 1);
        assert.ok(duration.right <= options.viewport.width);
        assert.ok(duration.left >= name.right || duration.top >= name.bottom - roomPx, 'it covers the name');
      }
      await closed(page);
    },
  );
}

test('2. at 1024 px, names are not cut off and error icons are visible', { skip }, async () => {
  await pages.send(richTrace(), largeTrace(100));
  for (const id of [ids[slowStep], traceIdOf('rich'), traceIdOf('large 100')]) {
    const page = await pages.open(`/trace/${id}`, { viewport: laptop });
    await rowNames(page);
    const cut = await page
      .locator('.span-row .first-line .name')
      .evaluateAll((names) =>
        names.filter((name) => name.scrollWidth > name.clientWidth + 1).map((name) => name.textContent),
      );
    assert.deepEqual(
      cut.filter((name) => !name?.includes('<img')),
      [],
    );
    const errors = await page.locator('.span-row.error').count();
    assert.equal(await page.locator('.span-row.error .error-sign').count(), errors);
    for (const sign of await page.locator('.span-row .error-sign').all()) assert.ok(await sign.isVisible());
    await closed(page);
  }
});

test('2. on a phone, service names are not cut off', { skip }, async () => {
  await pages.send(richTrace(), largeTrace(100));
  for (const id of [ids[slowStep], traceIdOf('rich'), traceIdOf('large 100')]) {
    const page = await pages.open(`/trace/${id}`, { viewport: phone });
    await rowNames(page);
    const services = await page.locator('.span-row .service-of bdi').evaluateAll((all) =>
      all.map((name) => ({
        text: name.textContent,
        isWhole: name.clientWidth > 20 && name.scrollWidth <= name.clientWidth + 1,
      })),
    );
    assert.ok(services.length > 5);
    const cut = services.filter(({ text, isWhole }) => !isWhole && !text?.includes('<img'));
    assert.deepEqual(cut, []);
    await closed(page);
  }
});

test(
  '3. rounding never makes a child read like its parent, or two ticks read the same',
  { skip },
  async () => {
    const [id] = await pages.send(
      traceOf('rounding', [
        { id: 'parent', durationMs: 5_150 },
        { id: 'child', parent: 'parent', startMs: 4, durationMs: 5_142 },
        { id: 'grandchild', parent: 'child', startMs: 4, durationMs: 5_141.7 },
      ]),
    );
    const page = await pages.open(`/trace/${id}?zoom=5000000-5100000`);
    await rowNames(page);
    const labels = await page
      .locator('.span-row .duration')
      .evaluateAll((all) => all.map((each) => each.lastChild?.textContent));
    assert.deepEqual(labels, ['5.150 s', '5.1420 s', '5.1417 s']);
    const marks = await page.locator('.ruler .lane span').allTextContents();
    assert.ok(marks.length > 3);
    assert.equal(new Set(marks).size, marks.length, marks.join());
    await closed(page);
  },
);

test(
  '4. the five seconds stand out: in words, as a gap, as self time, and on the critical path with its legend',
  { skip },
  async () => {
    const page = await pages.open(`/trace/${ids[slowStep]}?explain=1`);
    const words = /^5\.\d{3} s of get reviews in which nothing below it runs/;
    assert.match((await page.locator('.highlights .gap').textContent())!, words);
    const row = page.locator('.span-row', { has: page.locator('.gap') });
    assert.equal(await row.count(), 1);
    assert.match((await row.locator('.gap-text').textContent())!, words);
    assert.equal(await row.locator('.name').textContent(), 'get reviews');
    assert.match((await row.locator('.self-cell').textContent())!, /self 5\.\d{3} s/);
    const gap = (await row.locator('.gap').boundingBox())!;
    const bar = (await row.locator('.bar').boundingBox())!;
    assert.ok(gap.width > bar.width / 2 && gap.width < bar.width);

    await page.locator('.popup summary').click();
    assert.ok(await page.getByLabel('critical path').isChecked());
    assert.ok((await page.locator('.critical').count()) > 0);
    await page.getByLabel('critical path').uncheck();
    assert.equal(await page.locator('.critical').count(), 0);
    await closed(page);
  },
);

for (const [screen, options] of Object.entries(screens)) {
  for (const leaves of [3, 70]) {
    (screen === 'a desktop' ? test : slowTest)(
      `4. the text of a gap is not cut off among ${leaves} leaves, on ${screen}`,
      { skip },
      async () => {
        const [id] = await pages.send(
          traceOf(`a gap and ${leaves} leaves`, [
            { id: 'root', durationMs: 1_000 },
            ...Array.from({ length: leaves }, (_, index) => ({
              id: `leaf ${index}`,
              parent: 'root',
              startMs: 800 + index,
              durationMs: 20,
            })),
          ]),
        );
        const page = await pages.open(`/trace/${id}?explain=1`, options);
        await rowNames(page);
        const { gap, words } = await page
          .locator('.span-row .gap:has(.gap-text)')
          .first()
          .evaluate((element) => {
            const range = document.createRange();
            range.selectNodeContents(element.querySelector('.gap-text')!);
            return {
              gap: element.getBoundingClientRect().toJSON() as DOMRect,
              words: range.getBoundingClientRect().toJSON() as DOMRect,
            };
          });
        const frame = 2;
        assert.ok(words.left > gap.left && words.right < gap.right);
        assert.ok(
          words.top >= gap.top + frame - 0.5 && words.bottom <= gap.bottom - frame + 0.5,
          `words of ${words.height} px in a gap of ${gap.height} px`,
        );
        await closed(page);
      },
    );
  }
}

test(
  '5. errors are visible: counted in the header, marked on their bars and ancestors, with their messages',
  { skip },
  async () => {
    const [id] = await pages.send(
      traceOf('failing', [
        { id: 'root', durationMs: 100 },
        { id: 'middle', parent: 'root', durationMs: 90 },
        {
          id: 'leaf',
          parent: 'middle',
          durationMs: 80,
          status: { code: 2 },
          events: [
            {
              name: 'exception',
              atMs: 50,
              attributes: { 'exception.type': 'TypeError', 'exception.message': 'no such band' },
            },
          ],
        },
      ]),
    );
    const page = await pages.open(`/trace/${id}`);
    assert.equal(await page.locator('.trace-header .errors').textContent(), '1 error');
    assert.match(
      (await page.locator('.highlights .error').textContent())!,
      /1 error, in leaf: TypeError: no such band/,
    );
    const leaf = page.locator(`#span-${spanIdOf('failing', 'leaf')}`);
    assert.equal(await leaf.locator('.message').textContent(), 'TypeError: no such band');
    assert.notEqual(await leaf.locator('.bar').evaluate((bar) => getComputedStyle(bar).boxShadow), 'none');
    for (const above of ['root', 'middle']) {
      const row = page.locator(`#span-${spanIdOf('failing', above)}`);
      assert.equal(await row.locator('.error-below').getAttribute('title'), '1 error below');
      assert.equal(await row.locator('.bar').evaluate((bar) => getComputedStyle(bar).boxShadow), 'none');
    }
    await page.locator('.trace-header .errors').click();
    assert.deepEqual(await page.locator('.span-row:not(.path-only) .name').allTextContents(), ['leaf']);
    await closed(page);
  },
);

test("6. the page uses OpenTelemetry's terms, and a row shows the kind of its span", { skip }, async () => {
  await pages.send(richTrace());
  const page = await pages.open(
    `/trace/${traceIdOf('rich')}?open=${spanIdOf('rich', 'pay')},${spanIdOf('rich', 'linked')}`,
  );
  await page.locator('.details').nth(1).waitFor();
  const headings = await page
    .locator('.details h2')
    .evaluateAll((all) => all.map((each) => each.firstChild?.textContent?.trim()));
  assert.deepEqual([...new Set(headings)].toSorted(), ['Attributes', 'Events', 'Links', 'Resource']);
  const text = await page.locator('#content').innerText();
  for (const word of ['Tags', 'Logs', 'Process', 'References', 'Baggage'])
    assert.doesNotMatch(text, new RegExp(`\\b${word}\\b`));
  assert.deepEqual(await page.locator('.span-row .kind').allTextContents(), [
    'server',
    'client',
    'internal',
    'internal',
    'producer',
    'consumer',
  ]);
  await closed(page);
});

test('7. a service has one color on every page', { skip }, async () => {
  const seen = new Map<string, Set<string>>();
  const paths = [
    '/search',
    `/trace/${ids[slowStep]}`,
    `/trace/${ids[fixedStep]}`,
    '/dependencies',
    `/compare/${ids[slowStep]}...${ids[fixedStep]}`,
  ];
  for (const path of paths) {
    const page = await pages.open(path);
    await page.locator('.swatch').first().waitFor();
    const found = await page.locator('.swatch').evaluateAll((all) =>
      all.map((swatch) => ({
        service: swatch.parentElement?.querySelector('bdi')?.textContent ?? '',
        color: getComputedStyle(swatch).backgroundColor,
      })),
    );
    for (const { service, color } of found) seen.set(service, (seen.get(service) ?? new Set()).add(color));
    await closed(page);
  }
  for (const service of ['bands-api', 'reviews-api'])
    assert.equal(seen.get(service)?.size, 1, `${service}: ${[...seen.get(service)!].join()}`);
  assert.notDeepEqual(seen.get('bands-api'), seen.get('reviews-api'));
});

test(
  '7. the color does not change if a service that prefers the same color is not on the page',
  { skip },
  async () => {
    const names = Array.from({ length: 40 }, (_, index) => `a-service-${index}`);
    const [first, second] = names.flatMap((name, index) => {
      const other = names.slice(index + 1).find((each) => colorIndex(each) === colorIndex(name));
      return other ? [name, other] : [];
    });
    const both = traceOf('both of one color', [
      { id: 'root', service: first! },
      { id: 'child', service: second!, parent: 'root' },
    ]);
    const alone = traceOf('one of them alone', [{ id: 'root', service: second! }]);
    await pages.send(both, alone);
    const colors: string[] = [];
    for (const { traceId } of [both, alone]) {
      const page = await pages.open(`/trace/${traceId}`);
      const row = page.locator('.span-row', { hasText: second! });
      colors.push(
        await row.locator('.swatch').evaluate((swatch) => getComputedStyle(swatch).backgroundColor),
      );
      await closed(page);
    }
    assert.equal(colors[0], colors[1]);
    const page = await pages.open(`/trace/${both.traceId}`);
    await rowNames(page);
    const shown = await page
      .locator('.span-row .swatch')
      .evaluateAll((all) => all.map((swatch) => getComputedStyle(swatch).backgroundColor));
    assert.equal(new Set(shown).size, 2);
    await closed(page);
  },
);

test('8. "read review" finds only the spans with that name', { skip }, async () => {
  const page = await pages.open(`/trace/${ids[slowStep]}`);
  await page.getByPlaceholder('Find').fill('read review');
  await page.locator('.span-row.hit').first().waitFor();
  assert.deepEqual(await page.locator('.span-row.hit .name').allTextContents(), [
    'read review',
    'read review',
    'read review',
  ]);
  assert.equal(await page.locator('.find output').textContent(), '3 found');
  await closed(page);
});

test('9. a comparison shows the time of each span, and that before and after differ', { skip }, async () => {
  const page = await pages.open(`/compare/${ids[slowStep]}...${ids[fixedStep]}`);
  await page.locator('.comparison tbody tr').first().waitFor();
  assert.match(await page.locator('h1').innerText(), /^\d\.\d{3} s .*→ .*\d+ ms \d+(\.\d)? times as fast$/s);
  const row = page.locator('.comparison tbody tr', { hasText: 'get reviews' });
  assert.match((await row.locator('td').nth(0).textContent())!, /^[56]\.\d{3} s$/);
  assert.match((await row.locator('td').nth(1).textContent())!, /^\d\.\d{3} s$/);
  assert.match((await row.locator('.verdict').textContent())!, /▼ −\d\.\d{3} s \(faster\)/);
  const before = (await row.locator('.bar.a').boundingBox())!.width;
  const after = (await row.locator('.bar.b').boundingBox())!.width;
  assert.ok(before > 3 * after);
  await closed(page);
});

test(
  '10. a trace appears without choosing a service, even if its page was opened too early',
  { skip },
  async () => {
    const search = await pages.open('/search');
    await search.locator('.result').first().waitFor();
    const services = await search.locator('select[name=service]').locator('option').allTextContents();
    assert.ok(
      services.includes('bands-api') && !services.some((name) => /jaeger|backend|viewer/.test(name)),
      services.join(),
    );

    const mine = traceOf('mine, opened early', [{ id: 'my own call', durationMs: 30 }]);
    const early = await pages.open(`/trace/${mine.traceId}`);
    assert.match(await early.locator('h1').innerText(), /No spans of this trace have arrived yet/);
    await pages.send(mine);
    await early.locator('.span-row').waitFor();
    await search.locator('.result', { hasText: 'my own call' }).waitFor();
    await closed(early);
    await closed(search);
  },
);

test('zoom, view, filter, folding, and focus are in the URL, and Back undoes them', { skip }, async () => {
  const page = await pages.open(`/trace/${ids[slowStep]}`);
  await rowNames(page);
  await page.getByLabel('Services', { exact: true }).selectOption('reviews-api');
  await inUrl(page, 'service=reviews-api');
  await page.keyboard.press('+');
  await inUrl(page, 'zoom=');
  const zoomed = page.url();
  await page.goBack();
  await page.waitForFunction(() => !location.search.includes('zoom='));
  assert.ok(page.url().includes('service=reviews-api'));
  await page.goBack();
  await page.waitForFunction(() => !location.search.includes('service='));
  assert.equal(await page.locator('.chip[aria-pressed=true]').count(), 0);

  await page.goto(zoomed);
  await rowNames(page);
  assert.equal(await page.locator('.chip[aria-pressed=true]').textContent(), 'reviews-api 5');
  assert.ok(await page.getByRole('button', { name: 'Whole trace' }).isVisible());
  await page.keyboard.press('p');
  await inUrl(page, 'level=5');
  await page.keyboard.press('j');
  await inUrl(page, '#span-');
  await closed(page);
});

function inUrl(page: Page, part: string): Promise<unknown> {
  return page.waitForFunction((wanted) => location.href.includes(wanted), part);
}

slowTest('a graph of twenty services is readable', { skip }, async () => {
  const many = Array.from({ length: 20 }, (_, index) => ({
    id: `span ${index}`,
    service: `service-with-a-name-${index}`,
    ...(index > 0 && { parent: `span ${Math.floor((index - 1) / 3)}` }),
    durationMs: 100 - index,
  }));
  await pages.send(traceOf('twenty services', many));
  const page = await pages.open('/dependencies');
  await page.locator('.node', { hasText: 'service-with-a-name-19' }).waitFor();
  const names = await page.locator('.node .name').evaluateAll((all) =>
    all.map((name) => ({
      size: Number.parseFloat(getComputedStyle(name).fontSize),
      width: name.getBoundingClientRect().width,
    })),
  );
  for (const { size } of names) assert.ok(size >= 14);
  const boxes = await page
    .locator('.node')
    .evaluateAll((all) =>
      all.map((node) => node.querySelector('rect')!.getBoundingClientRect().toJSON() as DOMRect),
    );
  for (const [index, a] of boxes.entries()) {
    for (const b of boxes.slice(index + 1)) {
      const overlaps = a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
      assert.ok(!overlaps, 'two services cover each other');
    }
    assert.ok(names[index]!.width < a.width, 'a name is wider than its box');
  }
  await closed(page);
});
