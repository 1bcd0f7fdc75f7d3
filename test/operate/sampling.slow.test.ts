/** Sampling is changed while three instances of followers-api handle requests, are restarted, or are down. */
// oxlint-disable-next-line import/no-unassigned-import -- it sets the variables that the workshop reads
import '../parts/state.ts';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { sendAll } from '#shared/sampling/send.ts';
import { eventually } from '../support/eventually.ts';
import { callUntil } from '../support/until.ts';
import { partMissing } from '../support/part-missing.ts';
import { startSystem, type System } from './system.ts';

const skip = await partMissing('postgresql', 'prometheus');

const REQUESTS = 1_000;
const PATHS = ['ada', 'alan', 'barbara', 'INVALID', 'grace', 'hedy'].map((name) => `/followers/${name}`);
const Z_99_9 = 3.291; // 99.9 % of a normal distribution are within so many standard deviations of its mean
const SAMPLING = { never: 0, '0.1': 0.1, always: 1 };

/** Sends the requests with each sampling, while something else happens, and compares the traces that have arrived. */
async function countTraces(
  system: System,
  report: (text: string) => void,
  meanwhile: () => Promise<void> = async () => {},
): Promise<void> {
  const sent = new Map<number, string[]>();
  for (const [sampling, ratio] of Object.entries(SAMPLING)) {
    const since = performance.now();
    await system.change(sampling);
    await eventually(() => isShown(system, ratio), `all instances show ${ratio}`);
    report(`${sampling}: in force after ${Math.round(performance.now() - since)} ms`);
    const [replies] = await Promise.all([sendAll(system.instances, PATHS, REQUESTS), meanwhile()]);
    sent.set(
      ratio,
      replies.map(({ traceId }) => traceId),
    );
  }
  await system.stop();
  for (const [ratio, traceIds] of sent) {
    const arrived = traceIds.filter((id) => system.backend.store.get(id)).length;
    report(`ratio ${ratio}: ${arrived} of ${traceIds.length} traces arrived`);
    const tolerance = Z_99_9 * Math.sqrt(REQUESTS * ratio * (1 - ratio));
    assert.ok(Math.abs(arrived - REQUESTS * ratio) <= tolerance, `${arrived} with the ratio ${ratio}`);
  }
}

/** Whether all instances show a ratio. On a busy machine, it may take them longer than ops waits for it. */
async function isShown({ instances, shown }: System, ratio: number): Promise<boolean> {
  const ratios = await Promise.all(instances.map((instance) => shown(instance)));
  return ratios.every((each) => each === ratio);
}

test('never, 0.1, and always: so many of 1,000 requests leave a trace', { skip }, async (t) => {
  await countTraces(await startSystem(t), (text) => t.diagnostic(text));
});

test('the same while an instance is restarted', { skip }, async (t) => {
  const system = await startSystem(t);
  const victim = system.instances[1]!;
  await countTraces(
    system,
    (text) => t.diagnostic(text),
    async () => {
      await system.processOf(victim).stop();
      await system.startAgain(victim);
    },
  );
});

test(
  'of changes at the same time, the last one wins, and instances confirm only what they show',
  { skip },
  async (t) => {
    const system = await startSystem(t);
    await eventually(async () => {
      const { confirmed, unconfirmed } = await system.change('1');
      return confirmed.length + unconfirmed.length === system.instances.length;
    }, 'Prometheus knows all instances');
    const changes = Array.from({ length: 10 }, async (_, index) => {
      await sleep(index * 250); // less than it takes all instances to confirm
      return system.change(String((index + 1) / 16));
    });
    const settled = Promise.all(changes).then(async () => {
      const last = await system.strategy();
      await eventually(() => isShown(system, last), 'all instances show the last ratio');
    });
    const shown = new Map<string, (number | undefined)[]>();
    const watch = async (instance: string) => {
      const look = () => sleep(20).then(() => system.shown(instance));
      shown.set(instance, await callUntil(settled, look, 1));
    };
    await Promise.all(system.instances.map(watch));

    const responses = await Promise.all(changes);
    for (const { ratio, confirmed, unconfirmed } of responses) {
      assert.deepEqual([...confirmed, ...unconfirmed].toSorted(), system.instances);
      for (const instance of confirmed)
        assert.ok(shown.get(instance)!.includes(ratio), `${instance}: ${ratio}`);
    }
    const last = await system.strategy();
    assert.ok(responses.some(({ ratio }) => ratio === last));
    t.diagnostic(`confirmed by: ${responses.map(({ confirmed }) => confirmed.length).join(' ')}`);
  },
);

test(
  'an instance that is down, or hangs, does not confirm; when it is back, it samples as the others do',
  { skip },
  async (t) => {
    const system = await startSystem(t);
    const [first, victim, third] = system.instances as [string, string, string];
    /** Changes the sampling until the other instances confirm it: on a busy machine, not the first time. */
    const change = (sampling: string) =>
      eventually(async () => {
        const since = performance.now();
        const { confirmed, unconfirmed } = await system.change(sampling);
        t.diagnostic(`${sampling}: a response after ${Math.round(performance.now() - since)} ms`);
        assert.ok(unconfirmed.includes(victim));
        return confirmed.includes(first) && confirmed.includes(third);
      }, 'the other instances have confirmed');

    const { pid } = system.processOf(victim);
    process.kill(pid, 'SIGSTOP');
    await change('0.5');
    process.kill(pid, 'SIGCONT');
    await eventually(async () => (await system.shown(victim)) === 0.5, 'the instance has asked');

    await system.processOf(victim).stop();
    await change('0.25');
    await system.startAgain(victim);
    assert.equal(await system.shown(victim), 0.25, 'it asks before it listens');
  },
);
