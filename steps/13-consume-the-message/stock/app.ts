import { setTimeout as sleep } from 'node:timers/promises';
import { propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Channel, ConsumeMessage } from 'amqplib';
import { pino } from 'pino';
import { random } from '#workshop/random';
import { QUEUE } from '#shared/messages/broker.ts';
import { messageHeaders } from '../checkout/headers.ts';

const WRITE_AFTER_MS = 1_000;
const WRITE_AT_ONCE = 100;

const tracer = trace.getTracer('stock');
export const log = pino({ mixin: traceIds });

/** Puts the ids of the active span on a log line, so that the lines of one trace can be found. */
function traceIds() {
  const span = trace.getActiveSpan()?.spanContext();
  return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
}

/** Handles a message in a CONSUMER span, which continues the trace that the message's headers tell of. */
export function handleInSpan(channel: Channel, message: ConsumeMessage) {
  const { exchange, routingKey } = message.fields;
  const { headers = {}, messageId } = message.properties;
  const destination = `${exchange}:${routingKey}:${QUEUE}`;
  const attributes = {
    'messaging.system': 'rabbitmq',
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    'messaging.destination.name': destination,
    'messaging.rabbitmq.destination.routing_key': routingKey,
    'messaging.message.id': messageId,
  };
  const options = { kind: SpanKind.CONSUMER, attributes };
  const parent = propagation.extract(ROOT_CONTEXT, headers, messageHeaders);

  return tracer.startActiveSpan(`process ${destination}`, options, parent, async (span) => {
    try {
      await handle(channel, message);
    } finally {
      span.end();
    }
  });
}

/** Takes what was sold out of stock. A message is acknowledged after its work: if we end before, it comes again. */
async function handle(channel: Channel, message: ConsumeMessage) {
  const span = trace.getActiveSpan();
  try {
    requireContext(message);
    await takeOut(itemsOf(message));
  } catch (error) {
    span?.recordException(error as Error);
    span?.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).message });
    log.error(error, 'order refused');
    channel.nack(message, false, false); // to the dead letters: in the queue it would only come again
    return;
  }

  log.info('order taken out of stock');
  channel.ack(message);
  writeSoon();
}

/** Refuses a message that carries a trace context which cannot be read: whoever sent it should hear of it. */
function requireContext({ properties: { headers = {} } }: ConsumeMessage) {
  for (const name of propagation.fields()) {
    if (name in headers && typeof headers[name] !== 'string') {
      throw new Error(`its header ${name} is no text`);
    }
  }
  const context = propagation.extract(ROOT_CONTEXT, headers);
  if ('traceparent' in headers && !trace.getSpanContext(context)) {
    throw new Error(`its traceparent "${headers['traceparent']}" is malformed`);
  }
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
