import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { queryTrace } from '#workshop/backend/query';
import { waterfallText } from '#workshop/trace/text';
import { skipWithoutBrowser as skip } from '../support/browser.ts';
import { slowTest, test } from '../support/tests.ts';
import { sendCase } from '../cases/traces.ts';
import { largeTrace, richTrace, spanIdOf, traceIdOf, traceOf } from './traces.ts';
import { accessible, closed, narrowest, phone, rowNames, viewer } from './viewer.ts';

const pages = viewer();

const tree = () =>
  traceOf('tree', [
    { id: 'root', kind: 2, durationMs: 100 },
    { id: 'a', parent: 'root', startMs: 5, durationMs: 40 },
    { id: 'a1', parent: 'a', startMs: 10, durationMs: 10, service: 'reviews-api' },
    { id: 'a2', parent: 'a', startMs: 25, durationMs: 10, service: 'reviews-api' },
    { id: 'b', parent: 'root', startMs: 50, durationMs: 40 },
    { id: 'b1', parent: 'b', startMs: 55, durationMs: 10, service: 'reviews-api' },
  ]);
/** A trace of twelve services with an error. */
const twelveServices = () =>
  traceOf(
    'twelve services',
    Array.from({ length: 12 }, (_, index) => ({
      id: `work ${index}`,
      service: `service-number-${index}`,
      startMs: index,
      durationMs: 300 - 2 * index,
      ...(index > 0 && { parent: `work ${index - 1}` }),
      ...(index === 11 && { status: { code: 2, message: 'out of things' } }),
    })),
  );
const rowOf = (page: Page, name: string) => page.locator(`#span-${spanIdOf('tree', name)}`);

async function openTree(query = ''): Promise<Page> {
  const [id] = await pages.send(tree());
  const page = await pages.open(`/trace/${id}${query}`);
  await rowNames(page);
  return page;
}

/** Waits until the page has exactly these rows. */
function rowsBecome(page: Page, names: readonly string[]): Promise<unknown> {
  return page.waitForFunction(
    (expected) =>
      [...document.querySelectorAll('.span-row .name')].map((name) => name.textContent).join() === expected,
    names.join(),
  );
}

test('one span, all spans, or one level at a time can be collapsed and expanded', { skip }, async () => {
  const page = await openTree();
  await rowOf(page, 'a').locator('.fold').click();
  await rowsBecome(page, ['root', 'a', 'b', 'b1']);
  await page.keyboard.press(']');
  await rowsBecome(page, ['root']);
  await page.locator('.popup summary').click();
  await page.getByRole('button', { name: 'Expand one level' }).click();
  await rowsBecome(page, ['root', 'a', 'b']);
  await page.waitForURL(/level=2/);
  await page.reload();
  await rowsBecome(page, ['root', 'a', 'b']);
  await page.locator('.popup summary').click();
  await page.getByRole('button', { name: 'Expand all' }).click();
  await rowsBecome(page, ['root', 'a', 'a1', 'a2', 'b', 'b1']);
  await closed(page);
});

test('everything is reachable with the keyboard, and the focus is visible', { skip }, async () => {
  const page = await openTree();
  await page.locator('.divider').focus();
  await page.keyboard.press('Tab');
  const focused = () =>
    page.evaluate(
      () => document.activeElement?.querySelector('.name')?.textContent ?? document.activeElement?.className,
    );
  assert.equal(await focused(), 'root');
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle), 'none');

  for (const [key, expected] of [
    ['ArrowDown', 'a'],
    ['ArrowDown', 'a1'],
    ['ArrowLeft', 'a'],
    ['End', 'b1'],
    ['Home', 'root'],
  ] as const) {
    await page.keyboard.press(key);
    await page.waitForFunction(
      (name) => document.activeElement?.querySelector('.name')?.textContent === name,
      expected,
    );
  }
  await page.keyboard.press('ArrowLeft');
  await rowsBecome(page, ['root']);
  await page.keyboard.press('ArrowRight');
  await rowsBecome(page, ['root', 'a', 'a1', 'a2', 'b', 'b1']);
  await page.keyboard.press('Enter');
  await page.locator('.details').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.details').waitFor({ state: 'detached' });

  await page.keyboard.press('/');
  await page.keyboard.type('a2');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelector('.find output')?.textContent === '1 of 1');
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByText('next error').waitFor();
  await accessible(page);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await closed(page);
});

test('a link with #span- or uiFind opens one span and scrolls to it', { skip }, async () => {
  const [id] = await pages.send(largeTrace(1_000));
  const span = spanIdOf('large 1000', 'span 777');
  for (const link of [
    `?uiFind=${span}`,
    `#span-${span}`,
    `?uiFind=${span}#span-${span}`,
    `?level=1#span-${span}`,
  ]) {
    const page = await pages.open(`/trace/${id}${link}`);
    const row = page.locator(`#span-${span}`);
    await row.waitFor();
    await page.locator('.details').waitFor();
    await page.waitForFunction((rowId) => {
      const { top, bottom } = document.getElementById(rowId)!.getBoundingClientRect();
      return top > 0 && bottom < innerHeight;
    }, `span-${span}`);
    assert.equal(await row.getAttribute('tabindex'), '0');
    await closed(page);
  }
});

test('next and previous go from match to match and wrap around', { skip }, async () => {
  const page = await openTree();
  await page.getByPlaceholder('Find').fill('reviews-api');
  const at = (text: string) =>
    page.waitForFunction((wanted) => document.querySelector('.find output')?.textContent === wanted, text);
  await at('3 found');
  await page.getByRole('button', { name: 'Next match' }).click();
  await at('1 of 3');
  await page.getByRole('button', { name: 'Previous match' }).click();
  await at('3 of 3');
  await page.getByRole('button', { name: 'Next match' }).click();
  await at('1 of 3');
  await page.getByPlaceholder('Find').fill('service=nobody');
  await at('no matches');
  assert.ok(await page.getByRole('button', { name: 'Next match' }).isDisabled());
  await closed(page);
});

test('a filter shows the spans of a service and the paths to them', { skip }, async () => {
  const page = await openTree();
  await page.getByLabel('Services', { exact: true }).selectOption('reviews-api');
  await page.locator('.path-only').first().waitFor();
  assert.deepEqual(await page.locator('.span-row:not(.path-only) .name').allTextContents(), [
    'a1',
    'a2',
    'b1',
  ]);
  assert.deepEqual(await page.locator('.span-row.path-only .name').allTextContents(), ['root', 'a', 'b']);
  await closed(page);
});

test(
  'details show everything about a span: 300 attributes, long values, events with offsets, links, errors',
  { skip },
  async () => {
    await pages.send(richTrace());
    const open = ['pay', 'many', 'long', 'hostile', 'linked'].map((id) => spanIdOf('rich', id));
    const page = await pages.open(`/trace/${traceIdOf('rich')}?open=${open.join()}`, {
      viewport: { width: 1440, height: 6_000 },
    });
    const details = (id: string) =>
      page.locator(`.details:has([aria-label="Copy span id"])`, { hasText: spanIdOf('rich', id) });
    await details('linked').waitFor();

    assert.match(await details('pay').innerText(), /80 ms after the span started, at 120 ms/);
    assert.match(await details('pay').innerText(), /CardError: card declined\n\s+at charge/);
    assert.match(await details('many').locator('h2').first().innerText(), /Attributes 300/);
    await details('many').getByRole('button', { name: 'Show 240 more attributes' }).click();
    await page.waitForFunction(() => document.querySelectorAll('.attributes tr').length > 300);
    await details('long').getByRole('button', { name: 'Show all 5,250 characters' }).click();
    await page.waitForFunction(() =>
      [...document.querySelectorAll('.value')].some((value) => value.textContent!.length === 5_250),
    );
    const link = details('linked').getByRole('link', { name: /^span/ });
    assert.equal(
      await link.getAttribute('href'),
      `/trace/${traceIdOf('other')}?uiFind=${spanIdOf('other', 'root')}#span-${spanIdOf('other', 'root')}`,
    );
    assert.equal(await page.evaluate(() => (window as { hacked?: number }).hacked), undefined);
    assert.equal(await page.locator('#page img, #page script').count(), 0);
    await closed(page);
  },
);

test('all events of the trace are in chronological order, and link to their spans', { skip }, async () => {
  await pages.send(richTrace());
  const page = await pages.open(`/trace/${traceIdOf('rich')}`);
  await page.getByRole('button', { name: 'Events 3' }).click();
  await page.locator('.events-view').waitFor();
  assert.deepEqual(await page.locator('.events-view tbody td:first-child').allTextContents(), [
    '120 ms',
    '330 ms',
    '600 ms',
  ]);
  await accessible(page);
  await page.locator('.events-view .link').first().click();
  await page.locator('.details').waitFor();
  await page.waitForURL((url) => url.hash === `#span-${spanIdOf('rich', 'pay')}`);
  await closed(page);
});

test(
  'the copied text is the waterfall of the terminal, and ids and values can be copied',
  { skip },
  async () => {
    const page = await openTree();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
    await page.getByRole('button', { name: 'Copy as text' }).click();
    await page.getByText('Waterfall copied.').waitFor();
    const trace = (await queryTrace(pages.backend.queryUrl, traceIdOf('tree')))!;
    assert.equal(await clipboard(), waterfallText(trace, { maxRows: Infinity }));
    await page.getByRole('button', { name: 'Copy trace id' }).click();
    await page.getByText('Trace id copied.').waitFor();
    assert.equal(await clipboard(), traceIdOf('tree'));
    await closed(page);
  },
);

test('new spans of an unfinished trace appear, and the reader keeps their place', { skip }, async () => {
  const name = 'unfinished';
  const children = Array.from({ length: 80 }, (_, index) => ({
    id: `child ${index}`,
    parent: 'root',
    startMs: 100 + index * 10,
    durationMs: 8,
  }));
  const [id] = await pages.send(traceOf(name, children.slice(10)));
  const page = await pages.open(`/trace/${id}`);
  await rowNames(page);
  const looked = `span-${spanIdOf(name, 'child 50')}`;
  await page.evaluate(() => window.scrollTo(0, 1_200));
  await page.locator(`#${looked}`).waitFor();
  const placeOf = () =>
    page.locator(`#${looked}`).evaluate((row) => ({
      top: row.getBoundingClientRect().top,
      bar: row.querySelector('.bar')!.getBoundingClientRect().left,
    }));
  const before = await placeOf();

  await pages.send(traceOf(name, [{ id: 'root', durationMs: 2_000 }, ...children.slice(0, 10)]));
  await page.getByText(/11 more spans arrived/).waitFor();
  await page.waitForFunction(
    ([row, top]) =>
      Math.abs(document.getElementById(row as string)!.getBoundingClientRect().top - (top as number)) < 2,
    [looked, before.top],
  );
  assert.ok(Math.abs((await placeOf()).bar - before.bar) < 2, 'the bars moved');
  await page.getByRole('button', { name: 'Show the whole trace' }).click();
  await page.waitForFunction(() => !location.search.includes('zoom='));
  await closed(page);
});

for (const [look, touch] of Object.entries({
  'the open row': (row: Locator) => row.click(),
  'the row with the focus': (row: Locator) => row.focus(),
  'the row under the pointer': (row: Locator) => row.hover(),
})) {
  slowTest(
    `a root that arrives late leaves ${look} where it is, even at the top of the page`,
    { skip },
    async () => {
      const name = `late root: ${look}`;
      const waiting = { id: 'child', parent: 'root', service: 'bands-api', startMs: 10, durationMs: 30 };
      const [id] = await pages.send(traceOf(name, [waiting]));
      const page = await pages.open(`/trace/${id}`);
      const row = page.locator(`#span-${spanIdOf(name, 'child')}`);
      await row.waitFor();
      await touch(row);
      const top = (await row.boundingBox())!.y;
      const rootFails = {
        id: 'root',
        service: 'caller',
        durationMs: 2_000,
        status: { code: 2, message: 'no' },
      };
      await pages.send(traceOf(name, [rootFails]));
      await page.getByText(/1 more span arrived/).waitFor();
      await page.locator('.highlights .error').waitFor();
      await page.waitForFunction(() => scrollY > 40);
      assert.ok(Math.abs((await row.boundingBox())!.y - top) < 2, 'the row moved');
      await closed(page);
    },
  );
}

test(
  'a time range is selected by dragging, by keys, and by the handles, and shown in the overview',
  { skip },
  async () => {
    const page = await openTree();
    const strip = (await page.locator('.overview').boundingBox())!;
    await page.mouse.move(strip.x + strip.width * 0.25, strip.y + 10);
    await page.mouse.down();
    await page.mouse.move(strip.x + strip.width * 0.5, strip.y + 10, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/zoom=2\d{4}-(49|50)\d{3}/);
    assert.match((await rowOf(page, 'b1').locator('.duration').textContent())!, /▸$/);
    await page.keyboard.press('0');
    await page.waitForURL((url) => !url.search.includes('zoom'));
    await page.getByRole('slider', { name: 'Start of the time range' }).focus();
    await page.keyboard.press('PageUp');
    await page.waitForURL(/zoom=10000-100000/);
    await closed(page);
  },
);

slowTest('nothing moves while a page loads, and neither theme nor size flashes', { skip }, async () => {
  await pages.send(tree());
  const page = await pages.open('/search');
  await page.evaluate(() => {
    localStorage.setItem('viewer.theme', 'dark');
    localStorage.setItem('viewer.size', 'projector');
  });
  await page.addInitScript(() => {
    const shifts: number[] = [];
    (window as unknown as { shifts: number[] }).shifts = shifts;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        shifts.push((entry as PerformanceEntry & { value: number }).value);
    }).observe({ type: 'layout-shift', buffered: true });
    document.addEventListener('readystatechange', () => {
      if (document.readyState === 'interactive')
        (window as unknown as { early: string }).early = JSON.stringify(document.documentElement.dataset);
    });
  });
  for (const path of [`/trace/${traceIdOf('tree')}`, '/search', '/dependencies']) {
    await page.goto(pages.backend.queryUrl + path);
    await page.locator('.span-row, .result, .node').first().waitFor();
    await page.waitForLoadState('networkidle');
    const { shifts, early } = await page.evaluate(() => ({
      shifts: (window as unknown as { shifts: number[] }).shifts,
      early: (window as unknown as { early: string }).early,
    }));
    assert.deepEqual(shifts, [], path);
    assert.deepEqual(JSON.parse(early), { theme: 'dark', size: 'projector' });
  }
  await closed(page);
});

slowTest('rows are laid out once, and do not change after they were drawn', { skip }, async () => {
  const [id] = await pages.send(largeTrace(100));
  const page = await pages.open('/nothing');
  await page.addInitScript(() => {
    const changed: string[] = [];
    (window as unknown as { changed: string[] }).changed = changed;
    new MutationObserver((records) => {
      for (const { target, attributeName } of records) {
        const { className } = target as HTMLElement;
        if ((target as HTMLElement).closest('.span-row')) changed.push(`${attributeName} of ${className}`);
      }
    }).observe(document, { subtree: true, attributes: true });
  });
  await page.goto(`${pages.backend.queryUrl}/trace/${id}`);
  await rowNames(page);
  assert.deepEqual(await page.evaluate(() => (window as unknown as { changed: string[] }).changed), []);
  await closed(page, /status of 404/);
});

/** A4 without the margins of the styles, in px. */
const paper = { width: 703, height: 1_032 };

/** Switches to print media, with the same events as when printing. */
async function print(page: Page): Promise<void> {
  await page.setViewportSize(paper);
  await page.emulateMedia({ media: 'print' });
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
}

slowTest('a printed trace has all rows and no controls', { skip }, async () => {
  const [id] = await pages.send(largeTrace(200));
  const page = await pages.open(`/trace/${id}`);
  await rowNames(page);
  const onScreen = await page.locator('.span-row').count();
  await print(page);
  await page.waitForFunction(() => document.querySelectorAll('.span-row').length === 200);
  assert.ok(onScreen < 100);
  const clickable = page
    .locator('.button, .copy, .site-header, input, select, .divider, .overview')
    .filter({ visible: true });
  assert.deepEqual(await clickable.allTextContents(), []);
  const boxes = await page
    .locator('.span-row')
    .evaluateAll((rows) => rows.map((row) => row.getBoundingClientRect().toJSON() as DOMRect));
  for (const [index, { top }] of boxes.entries())
    assert.ok(index === 0 || top >= boxes[index - 1]!.bottom - 1, 'two rows share a place');
  await page.emulateMedia({ media: 'screen' });
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  await page.waitForFunction(() => document.querySelectorAll('.span-row').length < 100);
  await closed(page);
});

test(
  'printed pages are white and labels fit, for any theme, size, and width of the name column',
  { skip },
  async () => {
    await pages.send(richTrace());
    const page = await pages.open(`/trace/${traceIdOf('rich')}?open=${spanIdOf('rich', 'pay')}`);
    await rowNames(page);
    await page.getByLabel('Theme').selectOption('dark');
    await page.keyboard.press('x');
    await page.evaluate(() => document.documentElement.style.setProperty('--names', '900px'));
    await print(page);
    await page.locator('.path-legend .critical-sample').waitFor();
    assert.ok(await page.locator('.path-legend').getByText('critical path').isVisible());
    const look = await page.evaluate(() => ({
      background: getComputedStyle(document.querySelector('.timeline')!).backgroundColor,
      fontPx: Number.parseFloat(getComputedStyle(document.documentElement).fontSize),
      wide: document.documentElement.scrollWidth,
    }));
    assert.equal(look.background, 'rgb(255, 255, 255)');
    assert.ok(look.fontPx < 16 && look.wide <= paper.width, JSON.stringify(look));
    const rows = await page.locator('.span-row').evaluateAll((all) =>
      all.map((row) => {
        const box = (selector: string) =>
          row.querySelector(selector)?.getBoundingClientRect().toJSON() as DOMRect;
        return {
          name: box('.name'),
          lane: box('.lane'),
          duration: box('.duration'),
          gap: box('.gap'),
          text: box('.gap-text'),
        };
      }),
    );
    for (const { name, lane, duration, gap, text } of rows) {
      assert.ok(
        duration.left >= lane.left - 1 && duration.right <= lane.right + 1,
        'a duration leaves its lane',
      );
      assert.ok(name.right <= lane.left, 'a name runs into the bars');
      if (!text) continue;
      assert.ok(text.right <= gap.right, 'the text of a gap is cut');
      assert.ok(text.right <= duration.left || text.left >= duration.right, 'a gap runs into a duration');
    }
    const details = (await page.locator('.details').boundingBox())!;
    const opened = (await page.locator('.span-row.open').boundingBox())!;
    assert.ok(Math.abs(details.y - (opened.y + opened.height)) < 2, 'details stand below their row');
    await closed(page);
  },
);

slowTest('printing draws all rows, on as many pages as needed', { skip }, async () => {
  const [id] = await pages.send(largeTrace(200));
  const page = await pages.open(`/trace/${id}`);
  await rowNames(page);
  const pdf = (await page.pdf({ format: 'A4', printBackground: true })).toString('latin1');
  const sheets = pdf.match(/\/Type \/Page\b/g)!.length;
  assert.ok(sheets >= 4 && sheets <= 6, `200 rows take ${sheets} pages`);
  await closed(page);
});

slowTest(
  'a printed comparison has both traces in cards of equal width, and a readable time axis',
  { skip },
  async () => {
    await pages.send(tree(), traceOf('other', [{ id: 'root', durationMs: 5_000 }]));
    const page = await pages.open(`/compare/${traceIdOf('tree')}...${traceIdOf('other')}`);
    await page.locator('.comparison tbody tr').first().waitFor();
    await print(page);
    const { cards, ticks } = await page.evaluate(() => {
      const boxes = (selector: string) =>
        [...document.querySelectorAll(selector)].map((element) => element.getBoundingClientRect());
      return {
        cards: boxes('.side').map(({ width }) => Math.round(width)),
        ticks: boxes('.comparison .tick')
          .filter(({ width }) => width > 0)
          .map(({ left, right }) => [left, right]),
      };
    });
    assert.equal(cards[0], cards[1]);
    assert.ok(ticks.length > 0);
    for (const [index, [left]] of ticks.entries()) {
      if (index > 0) assert.ok(left! >= ticks[index - 1]![1]!, JSON.stringify(ticks));
    }
    await closed(page);
  },
);

slowTest('a printed page says how many spans are not printed', { skip }, async () => {
  const [id] = await pages.send(largeTrace(2_100));
  const page = await pages.open(`/trace/${id}`);
  await rowNames(page);
  const note = page.getByText('… 100 more spans on the page');
  assert.equal(await note.isVisible(), false);
  await print(page);
  await note.waitFor();
  assert.equal(await page.locator('.span-row').count(), 2_000);
  await closed(page);

  const comparison = await pages.open(`/compare/${id}...${id}`);
  const rest = comparison.getByText('… 1,600 more spans on the page');
  await comparison.locator('.comparison tbody tr').first().waitFor();
  assert.equal(await rest.isVisible(), false);
  await print(comparison);
  await rest.waitFor();
  await closed(comparison);
});

test(
  '10,000 spans can be scrolled, found, and opened, with only the visible ones in the document',
  { skip },
  async () => {
    const [id] = await pages.send(largeTrace(10_000));
    const page = await pages.open(`/trace/${id}`);
    await rowNames(page);
    assert.equal(await page.locator('.rows').getAttribute('aria-rowcount'), '10001');
    await page.keyboard.press(']');
    await page.waitForFunction(() => document.querySelectorAll('.span-row').length === 1);
    await page.keyboard.press('[');
    await page.waitForFunction(() => document.querySelectorAll('.span-row').length > 20);
    await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight / 2));
    await page.waitForFunction(() => {
      const rows = [...document.querySelectorAll('.span-row')].map((row) => row.getBoundingClientRect());
      return rows.some(({ top }) => top > 300 && top < 400) && rows.length < 120;
    });
    await page.getByPlaceholder('Find').fill('owner-17');
    await page.waitForFunction(() => document.querySelector('.find output')?.textContent === '200 found');
    await page.getByPlaceholder('Find').fill('thing.id=9876');
    await page.waitForFunction(() => document.querySelector('.find output')?.textContent === '1 found');
    await page.keyboard.press('Enter');
    await page.locator(`#span-${spanIdOf('large 10000', 'span 9876')}`).click();
    await page.locator('.details').waitFor();
    await page.evaluate(() => window.scrollTo(0, 0));
    await accessible(page);
    await closed(page);
  },
);

slowTest('pages fit into a narrow screen and a projector, and are accessible there', { skip }, async () => {
  await pages.send(richTrace());
  const windows = [
    { viewport: phone },
    { viewport: narrowest },
    { viewport: phone, projector: true },
    { projector: true },
  ];
  for (const options of windows) {
    for (const path of [
      `/trace/${traceIdOf('rich')}?open=${spanIdOf('rich', 'long')},${spanIdOf('rich', 'hostile')}`,
      '/search',
      `/compare/${traceIdOf('rich')}...${traceIdOf('rich')}`,
      '/dependencies',
    ]) {
      const page = await pages.open(path, options);
      await page.locator('.span-row, .result, .node, .comparison').first().waitFor();
      const { wide, width } = await page.evaluate(() => ({
        wide: document.documentElement.scrollWidth,
        width: document.documentElement.clientWidth,
      }));
      assert.ok(wide <= width, `${path} is ${wide} px wide in ${width}`);
      if (options.viewport !== narrowest) await accessible(page);
      await closed(page);
    }
  }
});

slowTest(
  'a page that was opened while the backend was down continues when the backend is back',
  { skip },
  async () => {
    const [id] = await pages.send(tree());
    const page = await pages.open('/search');
    await page.route(`**/viewer/trace/${id}`, (route) => route.abort('connectionrefused'));
    await page.goto(`${pages.backend.queryUrl}/trace/${id}`);
    await page.getByText('The trace backend does not respond. Start it, and this page continues.').waitFor();
    await page.unroute(`**/viewer/trace/${id}`);
    await rowsBecome(page, ['root', 'a', 'a1', 'a2', 'b', 'b1']);
    assert.equal(await page.getByText('does not respond').count(), 0);
    await closed(page, /ERR_CONNECTION_REFUSED|preload/);
  },
);

slowTest('changing the #span- of the open page goes to that span and opens it', { skip }, async () => {
  const [id] = await pages.send(largeTrace(1_000));
  const page = await pages.open(`/trace/${id}`);
  await rowNames(page);
  for (const name of ['span 777', 'span 12']) {
    const row = `span-${spanIdOf('large 1000', name)}`;
    await page.evaluate((hash) => (location.hash = hash), row);
    await page.waitForFunction((rowId) => {
      const { top, bottom } = document.getElementById(rowId)?.getBoundingClientRect() ?? {
        top: 0,
        bottom: 0,
      };
      return top > 0 && bottom < innerHeight;
    }, row);
    await page.locator(`#${row}.open`).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.id), row);
  }
  await closed(page);
});

slowTest('the list of shortcuts opens at its top, has the focus, and is complete', { skip }, async () => {
  const [id] = await pages.send(tree());
  const page = await pages.open(`/trace/${id}`, { viewport: { ...phone, height: 400 } });
  await rowNames(page);
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  assert.deepEqual(
    await dialog.evaluate((element) => [element.scrollTop, document.activeElement === element]),
    [0, true],
  );
  assert.ok(await dialog.evaluate((element) => element.scrollWidth <= element.clientWidth), 'it is cut');
  const listed = await dialog.locator('kbd').allTextContents();
  for (const key of ['Home', 'End', 'Shift+Enter', '←']) assert.ok(listed.includes(key), key);
  await closed(page);
});

slowTest(
  'the notification about new spans disappears or can be closed, and the age of the trace is updated',
  { skip },
  async () => {
    const name = 'noted';
    const [id] = await pages.send(traceOf(name, [{ id: 'child', parent: 'root' }]));
    const page = await pages.open('/search');
    await page.clock.install();
    await page.goto(`${pages.backend.queryUrl}/trace/${id}`);
    await rowNames(page);
    const notification = page.locator('.notification');
    await pages.send(traceOf(name, [{ id: 'second', parent: 'child', startMs: 1, durationMs: 2 }]));
    await notification.getByText('1 more span arrived.').waitFor();
    await page.clock.fastForward(10_000);
    await notification.waitFor({ state: 'hidden' });
    await pages.send(traceOf(name, [{ id: 'third', parent: 'child', startMs: 4, durationMs: 2 }]));
    await notification.getByText('1 more span arrived.').waitFor();
    await notification.getByRole('button', { name: 'Close this notification' }).click();
    await notification.waitFor({ state: 'hidden' });

    const minutesAgo = () =>
      page.evaluate(() => {
        const line = document.querySelector('.trace-header time')!.parentElement!.textContent!;
        return Number(/(\d+) min ago/.exec(line)?.[1]);
      });
    const before = await minutesAgo();
    await page.clock.fastForward('07:00');
    assert.ok((await minutesAgo()) >= before + 7);
    await closed(page);
  },
);

test(
  'a trace is explained only on request, by a key or a button; its link and the browser keep that',
  { skip },
  async () => {
    await pages.send(richTrace());
    const page = await pages.open(`/trace/${traceIdOf('rich')}`);
    await rowNames(page);
    const explanations = page.locator('.highlights .gap, .span-row .gap, .warning-sign');
    const button = page.getByRole('button', { name: 'Explain' });
    assert.equal(await explanations.count(), 0);
    await page.keyboard.press('i');
    await explanations.first().waitFor();
    assert.equal(await button.getAttribute('aria-pressed'), 'true');
    await page.waitForURL(/[?&]explain=1/);
    await page.reload();
    await explanations.first().waitFor();
    await button.click();
    await explanations.first().waitFor({ state: 'detached' });
    await page.waitForURL((url) => url.searchParams.get('explain') === '0');

    const { queryUrl } = pages.backend;
    const trace = `${queryUrl}/trace/${traceIdOf('rich')}`;
    await page.goto(`${trace}?explain`);
    await explanations.first().waitFor();
    await page.goto(trace);
    await rowNames(page);
    assert.equal(await explanations.count(), 0, 'a link does not change what the browser remembers');
    await page.keyboard.press('i');
    await explanations.first().waitFor();
    await page.goto(`${queryUrl}/search`);
    await page.goto(trace);
    await explanations.first().waitFor();
    await page.goto(`${trace}?explain=0`);
    await rowNames(page);
    assert.equal(await explanations.count(), 0);
    await closed(page);
  },
);

for (const [viewport, least] of [
  [{ width: 1280, height: 720 }, 8],
  [{ width: 1920, height: 1080 }, 10],
] as const) {
  test(
    `a projector of ${viewport.width} px shows ${least} rows; the parts above them are a key or button away`,
    { skip },
    async () => {
      const [id] = await pages.send(twelveServices());
      const page = await pages.open(`/trace/${id}`, { viewport, projector: true });
      await rowNames(page);
      const onScreen = await page
        .locator('.span-row')
        .evaluateAll(
          (rows) => rows.filter((row) => row.getBoundingClientRect().bottom <= innerHeight).length,
        );
      assert.ok(onScreen >= least, `${onScreen} rows`);
      for (const [key, name, selector] of [
        ['h', 'Facts', '.trace-header .facts'],
        ['l', 'Highlights', '.highlights'],
        ['m', 'Overview', '.overview'],
        ['t', 'Toolbar', '.toolbar'],
      ] as const) {
        const part = page.locator(selector);
        assert.equal(await part.count(), 0);
        await page.keyboard.press(key);
        await part.waitFor();
        await page.getByRole('button', { name, exact: true }).click();
        await part.waitFor({ state: 'detached' });
      }
      await page.keyboard.press('/');
      await page.locator('.find input:focus').waitFor();
      await page.keyboard.type('work');
      await page.locator('.find output', { hasText: '12 found' }).waitFor();
      await accessible(page);
      await closed(page);
    },
  );
}

for (const projector of [false, true]) {
  const title = `the toolbar of a trace of 12 services is one line at 1280 px${projector ? ' on a projector' : ''}`;
  test(title, { skip }, async () => {
    const [id] = await pages.send(twelveServices());
    const viewport = { width: 1280, height: 720 };
    const query = '?service=service-number-1&service=service-number-2&service=service-number-3&zoom=5-4000';
    const page = await pages.open(`/trace/${id}${query}`, { viewport, projector });
    await rowNames(page);
    if (projector) await page.keyboard.press('t');
    await page.getByRole('button', { name: 'Whole trace' }).waitFor();
    const tops = await page.locator('.toolbar > *').evaluateAll((tools) =>
      tools.map((tool) => {
        const { top, bottom } = tool.getBoundingClientRect();
        return (top + bottom) / 2;
      }),
    );
    assert.ok(Math.max(...tops) - Math.min(...tops) < 8, tops.join());
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= viewport.width);
    await closed(page);
  });
}

test('an invalid trace id has an error in plain words', { skip }, async () => {
  const page = await pages.open('/trace/not-an-id');
  await page
    .getByText('"not-an-id" is not a valid trace id: an id has up to 32 hexadecimal digits (0–9, a–f).')
    .waitFor();
  await closed(page, /status of 400/);
});

test('a row counts its links, and the details lead to their other ends and back', { skip }, async () => {
  const shopId = await sendCase(pages.backend, 'dropped-counts-and-links');
  const page = await pages.open(`/trace/${shopId.replace(/13$/, '14')}`);
  await page.getByTitle('2 links to other spans').waitFor();
  await page.locator('.span-row').click();
  await page
    .getByText(/limits of the SDK dropped 2 attributes, 5 events, 1 link, 4 attributes of its events/)
    .waitFor();
  await page.locator('.event-list').getByText('without 4 attributes that the SDK dropped').waitFor();
  await page.locator('.link-list').getByText('collected overnight').waitFor();
  await page.locator('.link-list').getByText('without 1 attribute that the SDK dropped').waitFor();
  await accessible(page);
  await page.getByRole('link', { name: /shop: place order/ }).click();
  await page.waitForURL(`**/trace/${shopId}?*`);
  await page.getByTitle('1 link from other spans').waitFor();
  await page.getByRole('link', { name: /billing: write invoices/ }).waitFor();
  await closed(page);
});
