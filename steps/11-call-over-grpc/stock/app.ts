import { setTimeout as sleep } from 'node:timers/promises';
import { trace } from '@opentelemetry/api';
import type { Channel, ConsumeMessage } from 'amqplib';
import { pino } from 'pino';
import { random } from '#workshop/random';

const WRITE_AFTER_MS = 1_000;
const WRITE_AT_ONCE = 100;

export const log = pino({ mixin: traceIds });

/** Puts the ids of the active span on a log line, so that the lines of one trace can be found. */
function traceIds() {
  const span = trace.getActiveSpan()?.spanContext();
  return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
}

/** Takes what was sold out of stock. A message is acknowledged after its work: if we end before, it comes again. */
export async function handle(channel: Channel, message: ConsumeMessage) {
  try {
    await takeOut(itemsOf(message));
  } catch (error) {
    log.error(error, 'order refused');
    channel.nack(message, false, false); // to the dead letters: in the queue it would only come again
    return;
  }

  log.info('order taken out of stock');
  channel.ack(message);
  writeSoon();
}

/** Reads the items of an order; throws if the message is none. */
function itemsOf({ content }: ConsumeMessage): number[] {
  const order = JSON.parse(content.toString()) as { items?: unknown } | null;
  const items = order?.items;
  if (Array.isArray(items) && items.every(Number.isInteger)) return items;
  throw new Error('it is no order: "items" is no list of whole numbers');
}

const sold = new Map<number, number>();

/** Takes items off their shelves, which takes some ms. */
async function takeOut(items: number[]) {
  await sleep(1 + random() * 4);
  for (const item of items) sold.set(item, (sold.get(item) ?? 0) + 1);
}

let orders = 0;
let timer: NodeJS.Timeout | undefined;

/** Has the stock written down soon: once for this order and others that come meanwhile. */
function writeSoon() {
  orders++;
  timer ??= setTimeout(writeStock, WRITE_AFTER_MS);
  if (orders === WRITE_AT_ONCE) void writeStock();
}

/** Writes the stock down. */
export async function writeStock() {
  clearTimeout(timer);
  timer = undefined;
  const count = orders;
  orders = 0;
  if (count === 0) return;

  await sleep(5 + random() * 10);
  log.info(Object.fromEntries(sold), `stock written after ${count} orders`);
}
