import assert from 'node:assert/strict';
import { test } from 'node:test';
import { skipWithoutBrowser as skip } from '../support/browser.ts';
import { type SpanSketch, traceOf } from './traces.ts';
import { accessible, closed, desktop, laptop, phone, viewer } from './viewer.ts';

const pages = viewer();

/** A trace in which these services call each other. */
function callsOf(name: string, calls: readonly [caller: string, called: string][]) {
  return traceOf(
    name,
    calls.flatMap(([caller, called], index): SpanSketch[] => [
      { id: `call ${index}`, service: caller, kind: 3, startMs: index },
      { id: `answer ${index}`, service: called, kind: 2, parent: `call ${index}`, startMs: index },
    ]),
  );
}

const shops = ['gateway', 'checkout', 'stock', 'payments', 'users', 'mail'];

test('the label of a call is on its line, however the lines cross', { skip }, async () => {
  // Every service calls all services after it, and the last one calls the first.
  const calls = shops.flatMap((caller, index) =>
    shops.slice(index + 1).map((called): [string, string] => [caller, called]),
  );
  await pages.send(callsOf('cross calls', [...calls, ['mail', 'gateway']]));
  for (const viewport of [desktop, phone]) {
    const page = await pages.open('/dependencies', { viewport });
    await page.locator('.edge').nth(15).waitFor();
    const distances = await page.locator('.edge').evaluateAll((edges) =>
      edges.map((edge) => {
        const line = edge.querySelector('path')!;
        const label = edge.querySelector('text')!;
        const [x, y] = [Number(label.getAttribute('x')), Number(label.getAttribute('y'))];
        const length = line.getTotalLength();
        const samples = Array.from({ length: Math.ceil(length) + 1 }, (_, at) => line.getPointAtLength(at));
        return Math.min(...samples.map((point) => Math.hypot(point.x - x, point.y - y)));
      }),
    );
    assert.equal(distances.length, 16);
    assert.ok(Math.max(...distances) < 2, `px from label to line: ${distances.map(Math.round).join()}`);
    await accessible(page);
    await closed(page);
  }
});

test(
  'a chosen service is in the URL, Back shows all of them again, and the graph can be zoomed and moved',
  { skip },
  async () => {
    const page = await pages.open('/dependencies?service=gateway');
    const names = () => page.locator('.node .name').allTextContents();
    const { height } = await page.locator('.graph').evaluate((graph) => graph.getBoundingClientRect());
    assert.ok(height < desktop.height, 'it fits its window');
    assert.deepEqual((await names()).toSorted(), shops.toSorted());
    await page.getByLabel('Calls of').selectOption('users');
    await page.waitForURL('**/dependencies?service=users');
    await page.locator('.node', { hasText: 'mail' }).click();
    await page.waitForURL('**/dependencies?service=mail');
    await page.goBack();
    await page.goBack();
    await page.waitForURL('**/dependencies?service=gateway');
    await page.locator('.node.chosen', { hasText: 'gateway' }).waitFor();

    const place = () => page.locator('.drawing').getAttribute('transform');
    assert.equal(await place(), 'translate(0 0) scale(1)');
    await page.keyboard.press('+');
    assert.match((await place())!, /scale\(1\.5\)/);
    const zoomed = await place();
    await page.locator('.graph').focus();
    await page.keyboard.press('ArrowRight');
    assert.notEqual(await place(), zoomed);
    const moved = await place();
    const box = (await page.locator('.graph svg').boundingBox())!;
    await page.mouse.move(box.x + 3, box.y + 3);
    await page.mouse.down();
    await page.mouse.move(box.x + 63, box.y + 23, { steps: 3 });
    await page.mouse.up();
    assert.notEqual(await place(), moved);
    await accessible(page);
    await page.getByRole('button', { name: 'Whole graph' }).click();
    assert.equal(await place(), 'translate(0 0) scale(1)');
    await closed(page);
  },
);

test('a printed graph fits on the page, however many services there are', { skip }, async () => {
  const names = Array.from({ length: 20 }, (_, index) => `service-number-${index}`);
  await pages.send(
    callsOf(
      'many services',
      names.slice(1).map((name, index): [string, string] => [names[Math.floor(index / 2)]!, name]),
    ),
  );
  const page = await pages.open('/dependencies', { viewport: laptop });
  await page.locator('.node', { hasText: 'service-number-19' }).waitFor();
  await page.emulateMedia({ media: 'print' });
  const paper = await page.locator('.graph').evaluate((graph) => {
    const { left, right } = graph.getBoundingClientRect();
    const nodes = [...graph.querySelectorAll('.node')].map((node) => node.getBoundingClientRect());
    const heights = nodes.map((node) => node.bottom);
    return {
      inside: nodes.every((node) => node.left >= left && node.right <= right),
      height: Math.max(...heights) - Math.min(...nodes.map((node) => node.top)),
      sheet: innerHeight,
    };
  });
  assert.ok(paper.inside && paper.height < paper.sheet, JSON.stringify(paper));
  const pdf = (await page.pdf({ format: 'A4' })).toString('latin1');
  // The graph, and the table of 35 calls below it.
  assert.ok(pdf.match(/\/Type\s*\/Page\b/g)!.length <= 3);
  await closed(page);
});
