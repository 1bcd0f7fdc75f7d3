import assert from 'node:assert/strict';
import { test } from 'node:test';
import { colorIndex } from '#workshop/trace/colors';
import { skipWithoutBrowser as skip } from '../support/browser.ts';
import { traceOf } from './traces.ts';
import { accessible, closed, viewer } from './viewer.ts';

const pages = viewer();

test(
  'a service has the same color on every page, and looks different from the others there, even if there are more services than colors',
  { skip },
  async () => {
    const names = Array.from({ length: 24 }, (_, index) => `service-${index}`);
    const [first, second] = names.flatMap((name, index) => {
      const same = names.slice(index + 1).find((each) => colorIndex(each) === colorIndex(name));
      return same ? [name, same] : [];
    });
    const all = traceOf(
      'many services',
      names.map((service, index) => ({
        id: `work of ${service}`,
        service,
        kind: 2,
        ...(index > 0 && { parent: `work of ${names[Math.floor((index - 1) / 3)]}` }),
        startMs: index,
        durationMs: 200 - index * 2,
      })),
    );
    const pair = traceOf('two of one color', [
      { id: 'root', service: first!, durationMs: 30 },
      { id: 'child', service: second!, parent: 'root', startMs: 5, durationMs: 20 },
    ]);
    await pages.send(all, pair);

    const seen = new Map<string, Set<string>>();
    const paths = [
      `/trace/${all.traceId}`,
      `/trace/${pair.traceId}`,
      '/dependencies',
      '/search',
      `/compare/${all.traceId}...${pair.traceId}`,
    ];
    for (const path of paths) {
      const page = await pages.open(path);
      await page.locator('.swatch').first().waitFor();
      const shown = await page.locator('.swatch').evaluateAll((swatches) =>
        swatches.map((swatch) => {
          const { backgroundColor, backgroundImage } = getComputedStyle(swatch);
          const service = swatch.parentElement?.querySelector('bdi')?.textContent ?? '';
          return { service, color: backgroundColor, look: `${backgroundColor} ${backgroundImage}` };
        }),
      );
      for (const { service, color } of shown) seen.set(service, (seen.get(service) ?? new Set()).add(color));
      const services = new Set(shown.map(({ service }) => service));
      assert.equal(new Set(shown.map(({ look }) => look)).size, services.size, `told apart on ${path}`);
      await accessible(page);
      await closed(page);
    }
    assert.deepEqual([...seen.keys()].toSorted(), names.toSorted());
    for (const [service, colors] of seen)
      assert.equal(colors.size, 1, `${service}: ${[...colors].join(' or ')}`);
  },
);
