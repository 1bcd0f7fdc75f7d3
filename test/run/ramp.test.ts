/** The lines of load.ts, and the load that it sends. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { levelText, levelTitles, verdictText } from '#workshop/run/ramp-text';
import { sendAtRate } from '#workshop/run/send-at-rate';

const promise = { available: 0.99, fast: { share: 0.95, withinSeconds: 0.3 } };
const level = { perSecond: 100, available: 1, fast: 0.98, p95Ms: 150, busiest: 0.42 };

test('a level is a line with a bar for its 95th percentile; ✗ marks what breaks the promise', () => {
  const titles = levelTitles(promise);
  const kept = levelText(level, promise);
  assert.match(kept, /^ +100 +100\.0 % +98\.0 % +150 ms +█{15} +42 %$/);
  const broken = levelText({ ...level, available: 0.9, fast: 0.5, p95Ms: Infinity }, promise);
  assert.match(broken, /90\.0 % ✗ +50\.0 % ✗ +– +█{30} +42 %$/);
  assert.equal(kept.length, titles.length);
  assert.equal(broken.length, titles.length);
});

test('the verdict: the capacity, and whether the expected load fits', () => {
  const [capacity, ...others] = verdictText(level, false).split('\n');
  assert.equal(capacity, 'The instances handle about 100 requests/s. With more, they break the promise.');
  assert.deepEqual(others, []);
  assert.match(verdictText(level, false, 80), /\n80 requests\/s fit, with 20 % of the capacity left\.$/);
  assert.match(verdictText(level, false, 120), /\n120 requests\/s are too many\.$/);
  assert.match(
    verdictText(level, true, 100),
    /^The instances handle at least 100 .*\n100 requests\/s fit, with 0 %/,
  );
  assert.match(
    verdictText(undefined, false, 5),
    /^Even the lowest load breaks the promise\.\n5 requests\/s are too many\.$/,
  );
});

/** Two instances that count their requests by path. */
async function startInstances(t: TestContext, status: (count: number) => number) {
  const counts = new Map<string, number>();
  let count = 0;
  const urls = await Promise.all(
    [0, 1].map(async (index) => {
      const server = createServer((request, response) => {
        const key = `${index}${request.url}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
        response.statusCode = status(++count);
        response.end('ok');
      });
      await once(server.listen(0, 'localhost'), 'listening');
      t.after(() => server.close().closeAllConnections());
      return `http://localhost:${(server.address() as AddressInfo).port}`;
    }),
  );
  return { urls, counts };
}

test('each request is sent once, to the instances in turn, for the paths in turn; 5xx has failed', async (t) => {
  const { urls, counts } = await startInstances(t, (count) => (count % 10 === 0 ? 503 : 200));
  const { signal } = new AbortController();
  const sent = await sendAtRate(urls, ['/a', '/b', '/c'], { perSecond: 120, seconds: 0.5, signal });
  assert.equal(sent.durations.length, 60);
  assert.equal(sent.failed, 6);
  assert.equal(sent.durations.filter((ms) => ms === Infinity).length, 6);
  assert.deepEqual(
    new Map([...counts].toSorted()),
    new Map(['0/a', '0/b', '0/c', '1/a', '1/b', '1/c'].map((key) => [key, 10])),
  );
});

test('an instance that is gone: its requests have failed', async (t) => {
  const { urls } = await startInstances(t, () => 200);
  const { signal } = new AbortController();
  const sent = await sendAtRate([urls[0]!, 'http://localhost:1'], ['/a'], {
    perSecond: 40,
    seconds: 0.5,
    signal,
  });
  assert.equal(sent.failed, 10);
});
