import assert from 'node:assert/strict';
import { test as always } from 'node:test';
import type { Page } from 'playwright-core';
import { skipWithoutBrowser as skip } from '../support/browser.ts';
import { slowTest, test } from '../support/tests.ts';
import { traceIdOf, traceOf } from './traces.ts';
import { accessible, closed, desktop, laptop, phone, viewer } from './viewer.ts';

const pages = viewer();

/** Waits until the names of the results are exactly these. */
function resultsBecome(page: Page, names: readonly string[]): Promise<unknown> {
  return page.waitForFunction(
    (expected) =>
      [...document.querySelectorAll('.result .name')].map((name) => name.textContent).join() === expected,
    names.join(),
  );
}

// This test always runs, because the others need its traces.
always('before the first trace, the pages say what to run', { skip }, async () => {
  const page = await pages.open('/search');
  await page.getByText('No traces have arrived yet').waitFor();
  assert.match(await page.locator('.empty-view').innerText(), /npx tsx run\.ts/);
  await accessible(page);

  const graph = await pages.open('/dependencies');
  await graph.getByText('No service has sent a span yet').waitFor();

  // Traces appear on both pages without a reload.
  await pages.send(
    traceOf('quick', [
      { id: 'GET /quick', startMs: 1_000, durationMs: 20, kind: 2, attributes: { 'http.route': '/a b' } },
      {
        id: 'read',
        parent: 'GET /quick',
        service: 'reviews-api',
        startMs: 1_005,
        durationMs: 10,
        kind: 2,
        status: { code: 2 },
      },
    ]),
    traceOf('slow', [{ id: 'GET /slow', startMs: 2_000, durationMs: 3_000, kind: 2 }]),
  );
  await resultsBecome(page, ['GET /slow', 'GET /quick']);
  await graph.locator('.edge', { hasText: '1 call · 100 % errors' }).waitFor();
  await accessible(graph);
  await graph.locator('.node', { hasText: 'reviews-api' }).click();
  await graph.getByRole('link', { name: 'Search its traces' }).click();
  await graph.waitForURL('**/search?service=reviews-api');
  await resultsBecome(graph, ['GET /quick']);
  await closed(graph);
  await accessible(page);
  await closed(page);
});

test('the query is in the URL, and Back leads to the previous search', { skip }, async () => {
  const page = await pages.open('/search');
  await resultsBecome(page, ['GET /slow', 'GET /quick']);
  await page.locator('select[name=service]').selectOption('reviews-api');
  await resultsBecome(page, ['GET /quick']);
  await page.locator('select[name=service]').selectOption('bands-api');
  await page.getByLabel('Min duration').fill('1s');
  await page.keyboard.press('Enter');
  await resultsBecome(page, ['GET /slow']);
  assert.equal(new URL(page.url()).search, '?service=bands-api&minDuration=1s');
  await page.goBack();
  await resultsBecome(page, ['GET /slow', 'GET /quick']);
  assert.equal(new URL(page.url()).search, '?service=bands-api');
  await page.locator('.result-link', { hasText: 'GET /quick' }).click();
  await page.locator('.span-row').first().waitFor();
  await page.goBack();
  await resultsBecome(page, ['GET /slow', 'GET /quick']);
  assert.equal(await page.locator('select[name=service]').inputValue(), 'bands-api');
  await closed(page);
});

/** The name of the focused field. */
function focusedName(page: Page): Promise<string | null | undefined> {
  return page.evaluate(() => document.activeElement?.getAttribute('name'));
}

test(
  'choosing from a menu also searches for the text in other fields, and keeps the focus',
  { skip },
  async () => {
    const page = await pages.open('/search');
    await resultsBecome(page, ['GET /slow', 'GET /quick']);
    await page.getByLabel('Attributes').fill('http.route="/a b"');
    await page.locator('select[name=service]').focus();
    await page.keyboard.press('b');
    await resultsBecome(page, ['GET /quick']);
    assert.equal(await focusedName(page), 'service');
    assert.equal(await page.getByLabel('Attributes').inputValue(), 'http.route="/a b"');
    const { searchParams } = new URL(page.url());
    assert.deepEqual(
      [searchParams.get('service'), searchParams.get('tags')],
      ['bands-api', '{"http.route":"/a b"}'],
    );

    await page.getByLabel('Attributes').fill('');
    await page.getByLabel('Min duration').fill('1s');
    await page.getByLabel('Lookback').focus();
    await page.keyboard.press('ArrowDown');
    await resultsBecome(page, ['GET /slow']);
    assert.equal(await focusedName(page), 'lookback');
    assert.equal(new URL(page.url()).search, '?service=bands-api&minDuration=1s&lookback=5m');

    await page.getByLabel('Lookback').selectOption('custom');
    assert.equal(await focusedName(page), 'lookback');
    await page.getByLabel('From').focus();
    await page.keyboard.press('Enter');
    assert.equal(await focusedName(page), 'from');

    await page.getByLabel('Min duration').fill('');
    await page.keyboard.press('Enter');
    await resultsBecome(page, ['GET /slow', 'GET /quick']);
    assert.equal(await focusedName(page), 'minDuration');
    await closed(page);
  },
);

slowTest(
  'Back and Reset discard text that was not submitted, and Reset keeps the focus',
  { skip },
  async () => {
    const page = await pages.open('/search');
    await resultsBecome(page, ['GET /slow', 'GET /quick']);
    await page.locator('select[name=service]').selectOption('reviews-api');
    await resultsBecome(page, ['GET /quick']);
    await page.getByLabel('Attributes').fill('a=1');
    await page.goBack();
    await resultsBecome(page, ['GET /slow', 'GET /quick']);
    assert.equal(await page.getByLabel('Attributes').inputValue(), '');
    await page.getByLabel('Attributes').fill('a=1');
    await page.getByRole('button', { name: 'Reset' }).press('Enter');
    assert.equal(await page.getByLabel('Attributes').inputValue(), '');
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Reset');
    await closed(page);
  },
);

test("tags are typed in logfmt and have Jaeger's format in the URL", { skip }, async () => {
  const page = await pages.open('/search');
  await page.locator('.result').first().waitFor();
  await page.getByLabel('Attributes').fill('http.route="/a b"');
  await page.keyboard.press('Enter');
  await resultsBecome(page, ['GET /quick']);
  assert.equal(new URL(page.url()).searchParams.get('tags'), '{"http.route":"/a b"}');
  await page.getByLabel('Attributes').fill('="nonsense"');
  await page.keyboard.press('Enter');
  await page
    .getByText(
      '"="nonsense"" is not a tag: write key=value, with quotes around a value that contains spaces.',
    )
    .waitFor();
  await resultsBecome(page, ['GET /quick']);
  await page.getByLabel('Attributes').fill('error');
  await page.getByText('is not a tag').waitFor({ state: 'detached' });
  await page.keyboard.press('Enter');
  await resultsBecome(page, ['GET /quick']);
  assert.equal(new URL(page.url()).searchParams.get('tags'), '{"error":"true"}');
  await closed(page);
});

test('invalid tags in the URL are shown with their error, and no results are shown', { skip }, async () => {
  const page = await pages.open('/search?service=bands-api&tags=foo%20bar=%22x');
  await page.getByText('A closing quote is missing in bar="x: write key="value with spaces".').waitFor();
  assert.equal(await page.getByLabel('Attributes').inputValue(), 'foo bar="x');
  assert.equal(await page.getByLabel('Attributes').getAttribute('aria-invalid'), 'true');
  await page
    .locator('select[name=service] option', { hasText: 'reviews-api' })
    .waitFor({ state: 'attached' });
  assert.equal(await page.locator('.result, .empty-view').count(), 0);
  await accessible(page);
  await page.getByLabel('Attributes').fill('http.route="/a b"');
  await page.keyboard.press('Enter');
  await resultsBecome(page, ['GET /quick']);
  await closed(page);
});

test('an invalid duration has an error in plain words, typed or in the URL', { skip }, async () => {
  const page = await pages.open('/search?minDuration=soon');
  const advice = 'is not a duration: write a number with its unit, such as 1.2s, 100ms, or 5us.';
  await page.getByText(`"soon" ${advice}`).waitFor();
  await page.getByLabel('Min duration').fill('5s');
  await page.getByLabel('Max duration').fill('10 s');
  await page.keyboard.press('Enter');
  await page.getByText(`"10 s" ${advice}`).waitFor();
  assert.equal(await page.getByLabel('Max duration').getAttribute('aria-invalid'), 'true');
  await page.getByLabel('Max duration').fill('1s');
  await page.keyboard.press('Enter');
  await page.getByText('The shortest duration, 5s, is longer than the longest, 1s.').waitFor();
  await page.getByLabel('Min duration').fill('100ms');
  await page.keyboard.press('Enter');
  await page.getByText('No trace matches all filters').waitFor();
  assert.equal(new URL(page.url()).search, '?minDuration=100ms&maxDuration=1s');
  await closed(page);
});

test("the form and the results match the query of Jaeger's URLs", { skip }, async () => {
  const page = await pages.open('/search?service=bands-api&lookback=2d&limit=20');
  await resultsBecome(page, ['GET /slow', 'GET /quick']);
  assert.equal(await page.getByLabel('Lookback').inputValue(), '2d');
  await closed(page);
  const other = await pages.open('/search?operation=GET%20%2Fslow&lookback=3w');
  await resultsBecome(other, ['GET /slow']);
  assert.equal(await other.getByLabel('Operation').inputValue(), 'GET /slow');
  assert.equal(
    await other.getByLabel('Lookback').locator('option:checked').textContent(),
    'the last 3 weeks',
  );
  await other.getByLabel('Operation').focus();
  await other.keyboard.press('Home');
  await resultsBecome(other, ['GET /slow', 'GET /quick']);
  assert.equal(await focusedName(other), 'operation');
  await closed(other);
});

test(
  'if no trace matches, the page says which filter excludes all, and can search without it',
  { skip },
  async () => {
    const page = await pages.open(
      '/search?service=bands-api&minDuration=1s&tags=%7B%22http.route%22%3A%22%2Fa%20b%22%7D',
    );
    await page.getByText('No trace matches all filters').waitFor();
    const steps = await page
      .locator('.filter-steps li')
      .evaluateAll((all) =>
        all.map((step) =>
          [...step.querySelectorAll('.filter, .number')].map((part) => part.textContent).join(': '),
        ),
      );
    assert.deepEqual(steps, [
      'has a span of bands-api: 2',
      'with a duration of at least 1s: 1',
      'with the attributes http.route="/a b": 0',
    ]);
    await accessible(page);
    await page.getByRole('button', { name: 'Search without it' }).click();
    await resultsBecome(page, ['GET /slow']);
    await closed(page);
  },
);

test('results can be sorted, and a dot of the plot links to its trace', { skip }, async () => {
  const page = await pages.open('/search');
  await resultsBecome(page, ['GET /slow', 'GET /quick']);
  await page.getByLabel('Order').selectOption('errors');
  await resultsBecome(page, ['GET /quick', 'GET /slow']);
  await page.reload();
  await resultsBecome(page, ['GET /quick', 'GET /slow']);
  assert.equal(await page.locator('.scatter circle').count(), 2);
  await page.locator('.scatter circle:not(.error)').click();
  await page.waitForURL(`**/trace/${traceIdOf('slow')}`);
  await closed(page);
});

test(
  'two traces can be picked for a comparison, even if one of them is not in the list',
  { skip },
  async () => {
    const page = await pages.open(`/search?service=reviews-api&compare=${traceIdOf('slow')}`);
    await resultsBecome(page, ['GET /quick']);
    await page.getByLabel(`Compare ${traceIdOf('quick').slice(0, 8)}`).check();
    const [early, late] = ['quick', 'slow'].map((name) => traceIdOf(name).slice(0, 8));
    await page.getByRole('link', { name: `Compare ${early} with ${late}` }).click();
    await page.waitForURL('**/compare/*...*');
    await page.locator('.comparison').waitFor();
    assert.equal(
      new URL(page.url()).pathname,
      `/compare/${traceIdOf('quick')}...${traceIdOf('slow')}`,
      'the earlier one is A',
    );
    await accessible(page);
    const swapped = page.url().split('/').at(-1)!.split('...').toReversed().join('...');
    await page.getByRole('link', { name: 'Swap A and B' }).click();
    await page.waitForURL(`**/compare/${swapped}`);
    await closed(page);
  },
);

test('new traces wait while the reader uses the list, and while live is off', { skip }, async () => {
  const page = await pages.open('/search');
  await resultsBecome(page, ['GET /slow', 'GET /quick']);
  await page.locator('.result').first().hover();
  await pages.send(traceOf('third', [{ id: 'GET /third', startMs: 3_000 }]));
  await page.getByRole('button', { name: 'Show 1 new trace' }).waitFor();
  await resultsBecome(page, ['GET /slow', 'GET /quick']);
  await page.mouse.move(700, 120);
  await resultsBecome(page, ['GET /third', 'GET /slow', 'GET /quick']);

  await page.getByLabel('live').uncheck();
  assert.ok(page.url().includes('live=0'));
  await pages.send(traceOf('fourth', [{ id: 'GET /fourth', startMs: 4_000 }]));
  await page.getByRole('button', { name: 'Show 1 new trace' }).click();
  await resultsBecome(page, ['GET /fourth', 'GET /third', 'GET /slow', 'GET /quick']);
  await closed(page);
});

slowTest('new traces appear again after the list has disappeared under the pointer', { skip }, async () => {
  const page = await pages.open('/search');
  await page.locator('.result').first().hover();
  await page.getByLabel('Attributes').fill('later=yes');
  await page.getByLabel('Attributes').press('Enter');
  await page.getByText('No trace matches all filters').waitFor();
  await pages.send(traceOf('later', [{ id: 'GET /later', startMs: 900, attributes: { later: 'yes' } }]));
  await resultsBecome(page, ['GET /later']);
  await closed(page);
});

slowTest('placeholders are fully visible at every size', { skip }, async () => {
  const sizes = [
    { viewport: desktop },
    { viewport: laptop },
    { viewport: phone },
    { viewport: desktop, projector: true },
    { viewport: laptop, projector: true },
  ];
  for (const size of sizes) {
    const page = await pages.open('/search', size);
    await page.locator('.result').first().waitFor();
    const cut = await page.locator('.search-form [placeholder]').evaluateAll((inputs) =>
      (inputs as HTMLInputElement[])
        .filter((input) => {
          const { fontWeight, fontSize, fontFamily, paddingLeft, paddingRight } = getComputedStyle(input);
          const context = document.createElement('canvas').getContext('2d')!;
          context.font = `${fontWeight} ${fontSize} ${fontFamily}`;
          const room = input.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight);
          return context.measureText(input.placeholder).width > room;
        })
        .map(({ placeholder }) => placeholder),
    );
    assert.deepEqual(cut, [], JSON.stringify(size));
    await accessible(page);
    await closed(page);
  }
});

slowTest('no dot of the plot overlaps its texts', { skip }, async () => {
  const shapes = [3_000, 1, 0].map((durationMs, index) =>
    traceOf(
      `dots ${durationMs}`,
      Array.from({ length: 300 }, (_, span) => ({
        id: `dot ${index} ${span}`,
        ...(span > 0 && { parent: `dot ${index} 0` }),
        startMs: index * 1_000,
        durationMs,
        attributes: { dots: 'yes' },
      })),
    ),
  );
  await pages.send(...shapes);
  for (const viewport of [desktop, phone]) {
    const page = await pages.open('/search?tags=%7B%22dots%22%3A%22yes%22%7D', { viewport });
    await page.locator('.scatter circle').nth(2).waitFor();
    const { dots, texts, plot } = await page.locator('.scatter').evaluate((figure) => {
      const boxes = (selector: string) =>
        [...figure.querySelectorAll(selector)].map(
          (each) => each.getBoundingClientRect().toJSON() as DOMRect,
        );
      return {
        dots: boxes('circle'),
        texts: boxes('text'),
        plot: figure.getBoundingClientRect().toJSON() as DOMRect,
      };
    });
    for (const dot of dots) {
      assert.ok(dot.top >= plot.top && dot.bottom <= plot.bottom && dot.right <= plot.right);
      for (const text of texts) {
        const isApart =
          dot.right <= text.left ||
          dot.left >= text.right ||
          dot.bottom <= text.top ||
          dot.top >= text.bottom;
        assert.ok(isApart, JSON.stringify({ dot, text }));
      }
    }
    await closed(page);
  }
});

slowTest('times with dates are fully visible in the list and in the plot', { skip }, async () => {
  const days = [3, 2].map((ago) =>
    traceOf(`${ago} days ago`, [
      { id: `GET /${ago}`, startMs: -ago * 86_400_000, attributes: { days: 'ago' } },
    ]),
  );
  await pages.send(...days);
  for (const viewport of [desktop, laptop, phone]) {
    const page = await pages.open('/search?tags=%7B%22days%22%3A%22ago%22%7D', { viewport });
    await resultsBecome(page, ['GET /2', 'GET /3']);
    const places = await page.locator('.result .absolute, .scatter .x').evaluateAll((texts) =>
      texts.map((text) => {
        const around = text.closest('.result, .scatter')!.getBoundingClientRect();
        const { left, right } = text.getBoundingClientRect();
        return { isInside: left >= around.left && right <= around.right, left, right };
      }),
    );
    assert.equal(places.length, 4);
    assert.ok(places.every(({ isInside }) => isInside));
    const [first, last] = places;
    assert.ok(first!.right < last!.left, 'the times of the plot meet');
    await closed(page);
  }
});

test('a comparison waits for missing traces, and rejects invalid ids', { skip }, async () => {
  const late = traceOf('late side', [{ id: 'GET /late', durationMs: 10 }]);
  const page = await pages.open(`/compare/${traceIdOf('quick')}...${late.traceId}`);
  await page.getByText('One trace is missing').waitFor();
  await pages.send(late);
  await page.locator('.comparison').waitFor();
  await closed(page);
  const wrong = await pages.open('/compare/one...two');
  await wrong
    .getByText('The URL of a comparison is /compare/ followed by two trace ids with three dots between them.')
    .waitFor();
  await closed(wrong, /status of 400/);
});

slowTest(
  'if the backend does not respond, a comparison says so instead of "missing", and continues later',
  { skip },
  async () => {
    const page = await pages.open('/search');
    await page.route('**/viewer/trace/**', (route) => route.abort());
    await page.goto(`${pages.backend.queryUrl}/compare/${traceIdOf('quick')}...${traceIdOf('slow')}`);
    await page.getByText("These traces can't be loaded").waitFor();
    assert.match(await page.locator('.empty-view').innerText(), /The trace backend does not respond/);
    assert.equal(await page.getByText('missing').count(), 0);
    await accessible(page);
    await page.unroute('**/viewer/trace/**');
    await page.locator('.comparison').waitFor();
    await closed(page, /Failed to load resource/);
  },
);

slowTest(
  'the ticks of a comparison are fully visible at any width, and do not overlap',
  { skip },
  async () => {
    const ends = [6_000, 5_150, 900, 95_000].map((durationMs) =>
      traceOf(`ends ${durationMs}`, [{ id: 'x', durationMs }]),
    );
    await pages.send(...ends);
    for (const { traceId } of ends) {
      const page = await pages.open(`/compare/${traceId}...${traceIdOf('quick')}`);
      await page.locator('.tick').nth(1).waitFor();
      for (const viewport of [desktop, { width: 1200, height: 800 }, laptop]) {
        await page.setViewportSize(viewport);
        await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
        const { ruler, marks } = await page.locator('.ruler').evaluate((element) => ({
          ruler: element.getBoundingClientRect().toJSON() as DOMRect,
          marks: [...element.querySelectorAll('.tick')].map(
            (tick) => tick.getBoundingClientRect().toJSON() as DOMRect,
          ),
        }));
        for (const [index, { left, right }] of marks.entries()) {
          assert.ok(left >= ruler.left - 1 && right <= ruler.right + 1, `mark ${index} of ${marks.length}`);
          assert.ok(index === 0 || left >= marks[index - 1]!.right, `mark ${index} meets the one before`);
        }
      }
      await closed(page);
    }
  },
);

slowTest('each number of a comparison has a heading, even without columns', { skip }, async () => {
  const path = `/compare/${traceIdOf('ends 95000')}...${traceIdOf('ends 5150')}`;
  for (const options of [
    { viewport: phone },
    { viewport: desktop, projector: true },
    { viewport: laptop, projector: true },
  ]) {
    const page = await pages.open(path, options);
    await page.locator('.comparison').waitFor();
    const labels = await page
      .locator('.comparison tbody tr')
      .first()
      .locator('td.number')
      .evaluateAll((cells) => cells.map((cell) => getComputedStyle(cell, '::before').content));
    assert.deepEqual(labels, ['"A"', '"B"', '"Difference"']);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await accessible(page);
    await closed(page);
  }
  const page = await pages.open(path);
  await page.getByRole('columnheader', { name: 'Difference' }).waitFor();
  const before = await page
    .locator('td.number')
    .first()
    .evaluate((cell) => getComputedStyle(cell, '::before').content);
  assert.equal(before, 'none');
  await closed(page);
});

test('an unknown URL says which pages there are', { skip }, async () => {
  const page = await pages.open('/monitor');
  await page.getByText('Page not found').waitFor();
  await accessible(page);
  await closed(page, /status of 404/);
});

test(
  'on narrow pages too, the filter that excludes all traces is marked and can be left out',
  { skip },
  async () => {
    const path = `/search?tags=${encodeURIComponent('{"a":"b"}')}`;
    for (const options of [{ viewport: phone }, { viewport: laptop, projector: true }]) {
      const page = await pages.open(path, options);
      const button = page.getByRole('button', { name: 'Search without it' });
      await button.waitFor();
      const fits = await button.evaluate(
        (element) =>
          element.scrollWidth <= element.clientWidth &&
          document.documentElement.scrollWidth <= document.documentElement.clientWidth,
      );
      assert.ok(fits, JSON.stringify(options));
      await button.click();
      await page.locator('.result').first().waitFor();
      await closed(page);
    }
  },
);

test('when the backend goes away, the page keeps its content and says so', { skip }, async () => {
  const page = await pages.open('/search');
  const result = page.locator('.result').first();
  await result.waitFor();
  const place = await result.boundingBox();
  // Searching for the same again doesn't make the results stale.
  await page.getByRole('button', { name: 'Find traces' }).click();
  await page.route('**/viewer/**', (route) => route.abort());
  await page.getByText('The trace backend does not respond. This page continues').waitFor();
  assert.deepEqual(await result.boundingBox(), place);
  await page.emulateMedia({ media: 'print' });
  assert.ok(!(await page.locator('.disconnected').isVisible()));
  await page.emulateMedia({ media: 'screen' });
  await page.getByLabel('Attributes').fill('nothing=like-this');
  await page.keyboard.press('Enter');
  await page.getByText('The results appear here as soon as the backend responds.').waitFor();
  assert.equal(await result.count(), 0);
  await page.goBack();
  await result.waitFor();
  await page.goForward();
  await page.unroute('**/viewer/**');
  await page.getByText('No trace matches all filters').waitFor();
  await page.getByText('The trace backend does not respond').waitFor({ state: 'detached' });
  await closed(page, /Failed to load resource/);
});
