/** The counts of step 17 are those of its clients, also while most traces are not sampled and after an instance is gone. */
// oxlint-disable-next-line import/no-unassigned-import -- it sets the variables that the workshop reads
import '../parts/state.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { partMissing } from '../support/part-missing.ts';
import { countAtInstances, type Counts, isUp, lastScrape, sum, total } from './counts.ts';
import { type Fleet, type Sent, startFleet } from './fleet.ts';

const skip = await partMissing('postgresql', 'prometheus');

const Z_99_9 = 3.291; // 99.9 % of a normal distribution are within so many standard deviations of its mean
const ALIGNED_MS = 2; // Prometheus moves the time of a scrape by up to this, so that the intervals are equal

/** Paths of requests: of ten, two have an invalid name (400) and one has no route (404). social-api may fail the others. */
function mixedPaths(count: number): string[] {
  const paths = ['ada', 'alan', 'INVALID', 'barbara', 'edsger', 'grace', 'INVALID', 'hedy', 'jean'].map(
    (name) => `/followers/${name}`,
  );
  return Array.from({ length: count }, (_, index) => [...paths, '/no-such-route'][index % 10]!);
}

/** The responses by their status; `when` chooses some of the requests. */
function countResponses(sent: Sent[], when: (sent: Sent) => boolean = () => true): Counts {
  return sum(sent.filter(when).flatMap(({ response }) => (response ? [[response.status, 1]] : [])));
}

/** The last scrape of an instance that began after all of its responses. */
function scrapeAfter(fleet: Fleet, sent: Sent[], instance: string) {
  const lastMs = Math.max(...sent.map(({ response }) => response?.receivedMs ?? 0));
  return eventually(async () => {
    const scrape = await lastScrape(fleet, instance);
    return scrape.startMs > lastMs + ALIGNED_MS ? scrape : undefined;
  }, `Prometheus scrapes ${instance} after its last response`);
}

const sentTo = (name: string) => (sent: Sent) => sent.instance === name;

for (const sampled of [1, 0.1]) {
  const title = `with ${sampled * 100} % of the traces sampled, 10,000 requests are counted by their status`;
  test(title, { skip }, async (t) => {
    const fleet = await startFleet(t, sampled);
    const sent = await fleet.send(mixedPaths(10_000));

    const received = countResponses(sent);
    assert.deepEqual(Object.keys(received), ['200', '400', '404', '502']);
    assert.equal(total(received), 10_000);
    assert.deepEqual(await countAtInstances(fleet), received);
    for (const { instance } of fleet.instances) {
      const { counts } = await scrapeAfter(fleet, sent, instance);
      assert.deepEqual(counts, countResponses(sent, sentTo(instance)), instance);
    }

    await fleet.stop();
    const arrived = sent.filter(({ response }) => fleet.backend.store.get(response!.traceId)).length;
    const tolerance = Z_99_9 * Math.sqrt(sent.length * sampled * (1 - sampled));
    t.diagnostic(`${JSON.stringify(received)}; ${arrived} traces arrived`);
    assert.ok(Math.abs(arrived - sent.length * sampled) <= tolerance, `${arrived} traces arrived`);
  });
}

test('Prometheus keeps what an instance had counted until its last scrape', { skip }, async (t) => {
  const fleet = await startFleet(t, 0.1);
  const { instance: victim, running } = fleet.instances[1]!;
  const load = fleet.send(mixedPaths(3_000));
  await eventually(
    async () => total((await lastScrape(fleet, victim)).counts) > 50,
    'Prometheus has counts of the instance',
  );
  process.kill(running.pid, 'SIGKILL');
  const sent = await load;
  assert.ok(
    sent.some(({ response }) => !response),
    'the instance was killed after the last request',
  );

  for (const { instance } of fleet.instances.filter((each) => each.instance !== victim)) {
    const { counts } = await scrapeAfter(fleet, sent, instance);
    assert.deepEqual(counts, countResponses(sent, sentTo(instance)), instance);
  }
  await eventually(async () => !(await isUp(fleet, victim)), 'Prometheus sees that the instance is gone');

  // What the instance counted after its last scrape is lost, so that its client knows more than Prometheus. The response to
  // a request is counted if the client received it before the scrape began, and not if it sent the request only after the
  // scrape ended. Between these two are at most the few requests that were in flight during the scrape.
  const { counts, startMs, endMs } = await lastScrape(fleet, victim);
  const ofVictim = sent.filter(sentTo(victim)).filter(({ response }) => response);
  const received = countResponses(ofVictim);
  const least = countResponses(ofVictim, ({ response }) => response!.receivedMs < startMs - ALIGNED_MS);
  const most = countResponses(ofVictim, ({ sentMs }) => sentMs <= endMs + ALIGNED_MS);
  for (const status of Object.keys({ ...received, ...counts })) {
    const [low = 0, count = 0, high = 0] = [least[status], counts[status], most[status]];
    assert.ok(low <= count && count <= high, `status ${status}: ${count} is not from ${low} to ${high}`);
  }
  t.diagnostic(
    `the instance served ${total(received)} responses: ${total(counts)} until its last scrape, ` +
      `${total(received) - total(counts)} afterwards (${total(least)} to ${total(most)} were expected until the scrape)`,
  );
});
