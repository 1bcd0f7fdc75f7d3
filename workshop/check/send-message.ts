import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../parts/part.ts';
import { publishTo, waitingIn } from '../parts/rabbitmq-client.ts';
import type { Service } from '../services/definition.ts';
import type { CheckMessage } from './lesson.ts';
import type { Exchange } from './relay.ts';

const TAKE_TIMEOUT_MS = 5_000;

/** Puts a message into the queue of a service, and waits until the service has taken it, for at most 5 s. */
export async function sendMessage(
  name: string,
  { to, content, headers }: CheckMessage,
  services: Service[],
  parts: Environment,
): Promise<Exchange> {
  const queue = services.find((service) => service.name === to)!.consumes!;
  const startMs = Date.now();
  await publishTo(queue, { content, headers }, parts);
  while ((await waitingIn(queue, parts)) > 0 && Date.now() - startMs < TAKE_TIMEOUT_MS) await sleep(25);
  return { from: name, to, method: 'publish', path: queue, headers: Object.entries(headers), startMs };
}

/** The number of messages in one of the queues of each service that has it. */
export async function countWaiting(
  services: Service[],
  queue: 'consumes' | 'deadLetters',
  parts: Environment,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { name, [queue]: own } of services) if (own) counts.set(name, await waitingIn(own, parts));
  return counts;
}
