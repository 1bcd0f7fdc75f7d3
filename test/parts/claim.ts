/** Claims each of the named parts in turn, prints the names of those that it got, and stays until standard input ends. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Part } from '#workshop/parts/part';
import { rabbitmq } from '#workshop/parts/rabbitmq';
import { claim, publish } from '#workshop/parts/running';

const BEAT_MS = 100;

for (const name of process.argv.slice(2)) {
  await sleep(BEAT_MS - (Date.now() % BEAT_MS)); // so that processes that do the same do it at the same moment
  const part: Part = { ...rabbitmq, name, probe: async () => 'ready' };
  if (await claim(part)) continue;
  console.log(name);
  await publish(part, { pid: process.pid, address: {} });
}
console.log('done');
process.stdin.resume(); // a claim is only valid while its owner runs
