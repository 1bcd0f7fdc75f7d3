import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel, ConsumeMessage } from 'amqplib';
import { pino } from 'pino';
import { random } from '#workshop/random';

const WRITE_AFTER_MS = 1_000;
const WRITE_AT_ONCE = 100; // orders

export const log = pino();

/** Deducts what was sold, then acknowledges the message. If stock stops in between, the message is redelivered. */
export async function handle(channel: Channel, message: ConsumeMessage) {
  try {
    await takeOut(itemsOf(message));
  } catch (error) {
    log.error(error, 'order rejected');
    channel.nack(message, false, false); // to the dead-letter queue: back in its own queue, it would only fail again
    return;
  }

  log.info('order taken out of stock');
  channel.ack(message);
  writeSoon();
}

/** Reads the items of an order. Throws if the message is not a valid order. */
function itemsOf({ content }: ConsumeMessage): number[] {
  const order = JSON.parse(content.toString()) as { items?: unknown } | null;
  const items = order?.items;
  if (Array.isArray(items) && items.every(Number.isInteger)) return items;
  throw new Error('not a valid order: "items" is not a list of whole numbers');
}

const sold = new Map<number, number>();

/** Takes items off their shelves, which takes a few milliseconds. */
async function takeOut(items: number[]) {
  await sleep(5 + random() * 5);
  for (const item of items) sold.set(item, (sold.get(item) ?? 0) + 1);
}

let orders = 0;
let timer: NodeJS.Timeout | undefined;

/** Writes the inventory a second later: once for this order and all others that arrive by then. */
function writeSoon() {
  orders++;
  timer ??= setTimeout(writeStock, WRITE_AFTER_MS);
  if (orders === WRITE_AT_ONCE) void writeStock();
}

/** Writes the inventory, if there have been orders since the last time. */
export async function writeStock() {
  clearTimeout(timer);
  timer = undefined;
  const count = orders;
  orders = 0;
  if (count === 0) return;

  await sleep(5 + random() * 10);
  log.info(Object.fromEntries(sold), `stock written after ${count} orders`);
}
