/** Calls over gRPC, and messages in queues. */
import type { AttributeValue, Attributes, Span, SpanKind, Trace } from '../../trace/model.ts';
import { formatDuration } from '../../trace/duration.ts';
import { clockStepUs, endOf } from '../../trace/model.ts';
import type { Failure, Judge } from '../lesson.ts';
import { logLines } from '../log-lines.ts';
import {
  ancestorsOf,
  callNamed,
  type Observation,
  serverSpanOf,
  spansOfCall,
  traceIdOf,
  traceWith,
} from '../observation.ts';
import { about, type Verdict } from './about.ts';
import { noServerSpan } from '../causes.ts';
import { BUSY } from '../slowness.ts';
import { readTraceparent } from '../traceparent.ts';

/** A service calls another over gRPC: its CLIENT span is the parent of the other's SERVER span. */
export function callsOverGrpc(from: string, to: string): Judge {
  return about({ file: `${to}/tracing.ts` }, (seen) => {
    const caller = serverSpanOf(seen, from);
    if (!caller) return noServerSpan(seen, from);
    const trace = traceWith(seen, caller);
    const clients = trace.spans.filter(({ service, kind }) => service === from && kind === 'client');
    if (clients.length === 0) {
      return {
        found: `${from} has no span of kind CLIENT for its call to ${to}.`,
        cause: grpcIsUntraced,
        file: `${from}/app.ts`,
      };
    }

    const server = spanOfKind(seen, to, 'server');
    if (!server) return noGrpcServerSpan(seen, to);
    const isInTrace = server.traceId === trace.traceId;
    if (isInTrace && clients.some(({ spanId }) => spanId === server.parentId)) return 'ok';
    return {
      found: `The SERVER span of ${to} is ${isInTrace ? 'not a child of' : 'not in the same trace as'} the CLIENT span "${clients[0]!.name}".`,
      cause: 'Something replaces the metadata of the call on the way, or tracing.ts sets another propagator.',
    };
  });
}

/**
 * A service records a value of its response: in an event of its SERVER span, in an attribute of that span, or in a line
 * of its log that has the id of that span. The attribute's name must end with `name`, in any style.
 */
export function recordsResponse(service: string, name: string, value: AttributeValue): Judge {
  return about({ file: `${service}/app.ts` }, (seen) => {
    const server = spanOfKind(seen, service, 'server');
    if (!server) return noGrpcServerSpan(seen, service);
    const isRecorded = (attributes: Attributes) =>
      Object.entries(attributes).some(
        ([key, own]) => plain(key).endsWith(plain(name)) && String(own) === String(value),
      );
    const hasIt = (span: Span) =>
      isRecorded(span.attributes) || span.events.some(({ attributes }) => isRecorded(attributes));
    const line = logLines(seen, service).find((own) => isRecorded(flat(own)));
    if (hasIt(server) || line?.span_id === server.spanId) return 'ok';

    const other = spansOfCall(seen).find(hasIt);
    if (other) {
      return {
        found: `${name} is on the ${other.kind.toUpperCase()} span "${other.name}" of ${other.service}.`,
        cause: 'Another span was active when it was recorded.',
      };
    }
    if (line) {
      return {
        found: `A line in the log of ${service} has ${name} = ${value}, but not the span_id of the SERVER span.`,
        cause:
          'When the line was written, another span was active, or no span was. Or PinoInstrumentation, which adds the ids, is missing from the instrumentations.',
      };
    }
    return {
      found: `The SERVER span of ${service} has no event and no attribute with ${name} = ${value}.`,
      cause:
        'trace.getActiveSpan()?.addEvent(name, attributes) adds an event. Call it before the response is sent, because the span ends at that point.',
    };
  });
}

/** A service publishes in a PRODUCER span, which is a descendant of its SERVER span. */
export function hasProducerSpan(service: string): Judge {
  return about({ file: `${service}/app.ts` }, (seen) => {
    const server = spanOfKind(seen, service, 'server');
    if (!server) return noGrpcServerSpan(seen, service);
    const producer = spanOfKind(seen, service, 'producer');
    if (producer && ancestorsOf(producer, traceWith(seen, producer)).includes(server)) return 'ok';
    if (producer) {
      return {
        found: `The PRODUCER span "${producer.name}" is not below the SERVER span of ${service}.`,
        cause:
          'It was started while the SERVER span was not active. Start it while the call is handled, without root: true.',
      };
    }

    const cause =
      'No span was started, or it was never ended: tracer.startActiveSpan(name, { kind: SpanKind.PRODUCER, attributes }, …), and span.end() in a finally.';
    return noSpanOfKind(seen, service, 'PRODUCER', /publish|send/i, cause);
  });
}

/**
 * A service processes a message in a CONSUMER span, which is a child of another service's PRODUCER span. The app creates
 * both, or an instrumentation does.
 */
export function hasConsumerSpan(
  service: string,
  publisher: string,
  creator: 'app' | 'instrumentation' = 'app',
): Judge {
  const fileOf = (name: string) => `${name}/${creator === 'app' ? 'app.ts' : 'tracing.ts'}`;
  return about({ file: fileOf(service) }, (seen) => {
    const producer = spanOfKind(seen, publisher, 'producer');
    const consumer = spanOfKind(seen, service, 'consumer');
    if (!consumer) {
      const cause =
        creator === 'app'
          ? 'No span was started, or it was never ended: tracer.startActiveSpan(name, { kind: SpanKind.CONSUMER, attributes }, parent, …), and span.end() in a finally.'
          : amqplibIsUntraced;
      if (!hasSpans(seen, service)) return noSpan(seen, service, cause, fileOf(service));
      if (creator === 'instrumentation') return { found: `${service} has no span of kind CONSUMER.`, cause };
      return noSpanOfKind(seen, service, 'CONSUMER', /process|consume|receive/i, cause);
    }
    if (!producer) {
      return {
        found: `${publisher} has no PRODUCER span that could be the parent of the CONSUMER span.`,
        cause:
          creator === 'app'
            ? 'The span in which it publishes needs { kind: SpanKind.PRODUCER }, and the headers of the message need the context of that span.'
            : amqplibIsUntraced,
        file: fileOf(publisher),
      };
    }
    if (consumer.parentId === producer.spanId) return 'ok';

    const file = `${service}/${isFromInstrumentation(consumer) ? 'tracing.ts' : 'app.ts'}`;
    if (consumer.links.some(({ spanId }) => spanId === producer.spanId)) {
      return {
        found: 'The CONSUMER span has a link to the PRODUCER span, and is in a separate trace.',
        cause: `For batches, that is a good choice. In this step, the PRODUCER span should be the parent${isFromInstrumentation(consumer) ? ': remove useLinksForConsume' : ''}.`,
        file,
      };
    }
    return {
      found: consumer.parentId
        ? `The parent of the CONSUMER span "${consumer.name}" is ${consumer.parentId}, not the PRODUCER span of ${publisher}.`
        : `The CONSUMER span "${consumer.name}" has no parent.`,
      cause:
        consumer.parentId === undefined
          ? 'The context is not read from the headers, or not passed to the span: propagation.extract(ROOT_CONTEXT, headers, messageHeaders) returns it, and it is the third argument of startActiveSpan.'
          : 'The span was not started in the context from the headers of the message.',
      file,
    };
  });
}

/** Why a service has no span of a kind: a span with a usual name for that kind has another kind. If there is no such span, the given cause is used. */
function noSpanOfKind(seen: Observation, service: string, kind: string, usualName: RegExp, cause: string) {
  const other = spansOfCall(seen).find((span) => span.service === service && usualName.test(span.name));
  if (!other) return { found: `${service} has no span of kind ${kind}.`, cause };
  return {
    found: `${service} has a span "${other.name}", but its kind is ${other.kind.toUpperCase()}.`,
    cause: `The options of the span must set its kind: { kind: SpanKind.${kind} }.`,
  };
}

/** How many ms early a timer may end a wait, including the resolution of the clock. */
const TIMER_TOLERANCE_MS = 2;
/** How much the times of a span and of a log line may differ just because of the clock, in µs. */
const CLOCK_TOLERANCE_US = 3_000;

/**
 * A service's first span for which `isMeant` returns true lasts as long as the work, which takes at least `workMs`. One
 * that lasts longer than `workMs` may still have ended too early, but it may also just have been slow to start the work.
 */
export function lastsAsLongAsWork(service: string, isMeant: (span: Span) => boolean, workMs: number): Judge {
  return about({ file: `${service}/app.ts` }, (seen) => {
    const isOne = (span: Span) => span.service === service && isMeant(span);
    const trace = seen.traces.find(({ spans }) => spans.some(isOne));
    const span = trace?.spans.find(isOne);
    if (!trace || !span) return noServerSpan(seen, service);
    // The first line: a timer keeps the span active, and logs long after it has ended.
    const line = logLines(seen, service).find(({ span_id }) => span_id === span.spanId);
    const lateUs = line ? Number(line.time) * 1_000 - endOf(span) : 0;
    const isShort = span.durationUs < (workMs - TIMER_TOLERANCE_MS) * 1_000;
    if (!isShort) return lateUs <= CLOCK_TOLERANCE_US ? 'ok' : 'inconclusive';
    return {
      found:
        line && lateUs > clockStepUs
          ? `The span "${span.name}" of ${service} had already ended when ${service} logged "${line.msg}".`
          : `The span "${span.name}" of ${service} took ${formatDuration(span.durationUs)}, and the work takes at least ${workMs} ms.`,
      cause: 'The work is not awaited: await it, and call span.end() after that, in a finally.',
      traces: [trace],
    };
  });
}

/** The CONSUMER span of a message that a service can't process ends as an error. One that the app creates also has an error.type. */
export function consumerSpanFails(service: string, message: string): Judge {
  return about({ file: `${service}/app.ts` }, (seen) => {
    const id = traceIdOf(callNamed(seen, message));
    const trace = seen.traces.find(({ traceId }) => traceId === id);
    const span = trace?.spans.find((own) => isOf(own, service, 'consumer'));
    const traces = trace ? [trace] : [];
    if (!span) {
      return {
        found: `${service} has no CONSUMER span for ${message} in the trace that its headers name.`,
        cause: 'The span does not end if the work fails: call span.end() in a finally.',
        traces,
      };
    }
    if (!span.error) {
      const isLogged = logLines(seen, service).some(({ span_id }) => span_id === span.spanId);
      const ifInactive =
        'If the code does that with trace.getActiveSpan(), the span must be active there: start it with startActiveSpan, and do the work in the callback.';
      return {
        found: `The CONSUMER span for ${message} is not an error.`,
        cause:
          `Nothing reports the error to the span: call span.setStatus({ code: SpanStatusCode.ERROR, message: error.message }) where the error is caught. ${isLogged ? '' : ifInactive}`.trim(),
        traces,
      };
    }
    if (span.attributes['error.type'] || isFromInstrumentation(span)) return 'ok';
    return {
      found: `The CONSUMER span for ${message} is an error, but has no error.type.`,
      cause:
        'The conventions require it, so that errors can be counted by kind: span.setAttribute(ATTR_ERROR_TYPE, error.name).',
      traces,
    };
  });
}

/** Names that the conventions have replaced: the old name is still accepted. */
const formerly: Record<string, string> = {
  'messaging.system.name': 'messaging.system',
  'rabbitmq.destination.routing_key': 'messaging.rabbitmq.destination.routing_key',
};

/** The span of a message has the name and the attributes of the semantic conventions for RabbitMQ. */
export function followsConventions(
  service: string,
  kind: 'producer' | 'consumer',
  expected: Record<string, AttributeValue>,
): Judge {
  return (seen) => {
    const span = spanOfKind(seen, service, kind);
    if (!span) return noServerSpan(seen, service);
    const file = `${service}/${isFromInstrumentation(span) ? 'tracing.ts' : 'app.ts'}`;

    const hook =
      kind === 'consumer'
        ? 'consumeHook(span, { msg }), from describeProcess(msg)'
        : 'publishHook(span, message), from describePublish(message)';
    const inHook = isFromInstrumentation(span) ? ` Set the name and the attributes in ${hook}.` : '';
    const valueOf = (name: string) => span.attributes[name] ?? span.attributes[formerly[name] ?? ''];
    const wrong = Object.keys(expected).find((name) => valueOf(name) !== expected[name]);
    if (wrong !== undefined) {
      const value = valueOf(wrong);
      return {
        found: `The ${kind.toUpperCase()} span of ${service} has ${value === undefined ? `no ${wrong}` : `${wrong} = ${value}`}.`,
        cause: `The conventions require ${wrong} = ${expected[wrong]}, so that one search finds the messages of all services.${inHook}`,
        file,
      };
    }
    const name = `${expected['messaging.operation.name']} ${expected['messaging.destination.name']}`;
    if (span.name === name) return 'ok';
    return {
      found: `The name of the ${kind.toUpperCase()} span of ${service} is "${span.name}".`,
      cause: `In the conventions, the name consists of the operation and the destination: "${name}".${inHook}`,
      file,
    };
  };
}

/** The message that a service publishes carries the context of its PRODUCER span in its headers. */
export function sendsContext(service: string): Judge {
  return about({ file: `${service}/app.ts` }, (seen) => {
    const producer = spanOfKind(seen, service, 'producer');
    if (!producer) return noServerSpan(seen, service);
    // A program of the lesson may place another order.
    const message =
      seen.messages.find(({ headers }) => String(headers['traceparent']).includes(producer.traceId)) ??
      seen.messages[0];
    if (!message) {
      return {
        found: `${service} published no message.`,
        cause: 'It no longer publishes, or it uses another exchange or routing key.',
      };
    }

    const { traceparent } = message.headers;
    const names = Object.keys(message.headers).join(', ');
    if (typeof traceparent !== 'string') {
      return {
        found: `The message has no traceparent header${names ? `, only ${names}` : ''}.`,
        cause:
          'The context is not written into the headers, or the headers are not passed to publish: propagation.inject(context.active(), headers, messageHeaders), then publish(order, headers).',
      };
    }
    const read = readTraceparent(traceparent);
    if ('traceId' in read && read.traceId === producer.traceId && read.parentId === producer.spanId)
      return 'ok';
    return {
      found: `The message carries ${traceparent}, but the PRODUCER span is ${producer.spanId} of trace ${producer.traceId}.`,
      cause:
        'Another span was active when the context was read: call inject within the callback of startActiveSpan, with context.active().',
    };
  });
}

/** An instrumentation creates the span for a message; the app no longer does. */
export function instrumentationCreates(service: string, kind: 'producer' | 'consumer'): Judge {
  return about({ file: `${service}/tracing.ts` }, (seen) => {
    const spans = spansOfCall(seen).filter((span) => span.service === service && span.kind === kind);
    const manual = spans.find((span) => !isFromInstrumentation(span));
    const automatic = spans.find(isFromInstrumentation);
    if (automatic && !manual) return 'ok';
    const what = kind.toUpperCase();
    if (automatic) {
      return {
        found: `${service} has two ${what} spans for one message: "${automatic.name}" from the instrumentation, and "${manual!.name}" from the app.`,
        cause: 'The app still starts its own span: remove the lines that do so.',
        file: `${service}/app.ts`,
      };
    }
    if (manual) {
      return {
        found: `The app of ${service} still creates the ${what} span "${manual.name}".`,
        cause: amqplibIsUntraced,
      };
    }
    if (!hasSpans(seen, service)) return noSpan(seen, service, amqplibIsUntraced, `${service}/tracing.ts`);
    return { found: `${service} has no span of kind ${what}.`, cause: amqplibIsUntraced };
  });
}

/** A service acknowledges a message after the work: it rejects an invalid message, and no message comes back. */
export function settlesAfterWork(service: string): Judge {
  return about({ file: `${service}/app.ts` }, ({ unsettled, rejected, services }) => {
    const { consumes, deadLetters } = services.find(({ name }) => name === service)!;
    const count = unsettled.get(service) ?? 0;
    if (count > 0) {
      return {
        found: `After ${service} stopped, ${count === 1 ? 'a message was' : `${count} messages were`} back in ${consumes}.`,
        cause:
          count === 1 && !rejected.get(service)
            ? 'An order was returned to the queue, or never settled: call channel.ack(message) after the work, and if it fails, channel.nack(message, false, false). If the third argument is true or missing, the order returns to the queue.'
            : 'RabbitMQ was not told that the work is done: call channel.ack(message) after the work.',
      };
    }
    if (rejected.get(service)) return 'ok';
    return {
      found: `The check sent ${service} an invalid order, which did not arrive in ${deadLetters}.`,
      cause:
        'It was acknowledged before the work, or even though the work failed: call channel.ack(message) only after the work, and channel.nack(message, false, false) if the work fails.',
    };
  });
}

/** A service has one root span that links to the span in which it processed the message of the call. */
export function hasLinkedRoot(service: string): Judge {
  return about({ file: `${service}/app.ts` }, (seen) => {
    const consumer = spanOfKind(seen, service, 'consumer');
    if (!consumer) return noServerSpan(seen, service);
    const own = seen.traces
      .flatMap(({ spans }) => spans)
      .filter((span) => span.service === service && span.kind !== 'consumer');
    const isLinked = ({ links }: Span) => links.some(({ spanId }) => spanId === consumer.spanId);
    const linked = own.find(isLinked);
    const traces = seen.traces.filter(({ spans }) => spans.some((span) => own.includes(span)));
    // The exporter throws if a link has no context, and none of the waiting spans are sent.
    if (!linked && seen.lines.get(service)!.some((line) => /\b(?:serialize|toOtlp)Link\b/.test(line))) {
      return {
        found: `The spans of ${service} could not be sent, because a link has no context.`,
        cause: 'A link is an object that contains the context of a span: { context: span.spanContext() }.',
        traces,
      };
    }
    if (!linked) {
      return {
        found: own[0]
          ? `The span "${own[0].name}" of ${service} has no link to the CONSUMER span.`
          : `${service} has no span for the work that many messages caused.`,
        cause: own[0]
          ? 'Pass the links in the options of the span: { links: [{ context: span.spanContext() }, …] }.'
          : "No span was started, or it was never ended: tracer.startActiveSpan('write stock', { root: true, links }, …), and span.end() in a finally.",
        traces,
      };
    }
    if (linked.parentId !== undefined) {
      return {
        found: `The span "${linked.name}" has a parent, ${linked.parentId}.`,
        cause:
          'The timer keeps the context of the message that started it, so one of many messages becomes the parent. Add { root: true }.',
        traces,
      };
    }
    if (!own.some((span) => span.traceId !== linked.traceId && isLinked(span))) {
      return everyOrderIsLinked(seen, service, own, traces);
    }
    return {
      found: `Two "${linked.name}" spans of ${service} link to the same order.`,
      cause:
        'The first span leaves its links in the list. links.splice(0) returns the links and empties the list.',
      traces,
    };
  });
}

/**
 * Every order is linked, including those that arrived after the first write. If there is no second write yet, it's too
 * early to tell.
 */
function everyOrderIsLinked(seen: Observation, service: string, own: Span[], traces: Trace[]): Verdict {
  const orders = seen.traces
    .flatMap(({ spans }) => spans)
    .filter((span) => isOf(span, service, 'consumer') && !span.error);
  const linked = new Set(own.flatMap(({ links }) => links.map(({ spanId }) => spanId)));
  const unlinked = orders.filter(({ spanId }) => !linked.has(spanId));
  const writes = own.filter(({ parentId }) => parentId === undefined);
  if (unlinked.length === 0 || writes.length < 2) return 'ok';
  if (seen.slowness >= BUSY) return 'inconclusive'; // the span of the last write may be missing
  return {
    found: `The inventory was written without a link to ${unlinked.length} of ${orders.length} orders.`,
    cause:
      'When the inventory is written, the active span is that of the order that started the timer. Read the active span in writeSoon, for each order.',
    traces,
  };
}

function isFromInstrumentation({ scope }: Span): boolean {
  return scope.startsWith('@opentelemetry/instrumentation');
}

function hasSpans(seen: Observation, service: string): boolean {
  return spansOfCall(seen).some((span) => span.service === service);
}

function spanOfKind(seen: Observation, service: string, kind: SpanKind): Span | undefined {
  return spansOfCall(seen).find((span) => isOf(span, service, kind));
}

function isOf(span: Span, service: string, kind: SpanKind): boolean {
  return span.service === service && span.kind === kind;
}

/** The fields of a log line, and those of the objects in it. */
function flat(line: object): Attributes {
  return Object.fromEntries(
    Object.entries(line).flatMap(([name, value]) =>
      value !== null && typeof value === 'object' ? Object.entries(flat(value)) : [[name, value]],
    ),
  );
}

/** A name in a form that ignores differences in style: total_amount and totalAmount are the same. */
function plain(name: string): string {
  return name.replaceAll(/[_-]/g, '').toLowerCase();
}

const loaderHook =
  'The loader hook, register(…), must come before the SDK, and tracing.ts must not import the app.';
const amqplibIsUntraced =
  'amqplib is not traced: AmqplibInstrumentation is missing from the instrumentations, or amqplib is imported before the instrumentation is set up. tracing.ts must not import the app.';
const grpcIsUntraced =
  "gRPC is not traced. In tracing.ts, GrpcInstrumentation or the loader hook, register(…), is missing; or the app has a default import: `import grpc from '@grpc/grpc-js'` stays untraced, but `import * as grpc` is traced.";

/** What the tracing.ts of a service lacks to trace gRPC; undefined if it has the instrumentation and the loader hook. */
function missingForGrpc({ sources }: Observation, service: string): string | undefined {
  const source = sources.get(`${service}/tracing.ts`);
  if (source === undefined) return undefined;
  if (!/\bGrpcInstrumentation\(/.test(source)) {
    return 'gRPC is not traced: GrpcInstrumentation is missing from the instrumentations.';
  }
  if (/^register\(/m.test(source)) return undefined;
  return 'gRPC is not traced, because the loader hook is missing: call register(…) before you create the SDK.';
}

/** Why a service that is called over gRPC has no SERVER span. */
function noGrpcServerSpan(seen: Observation, service: string): Failure {
  const missing = missingForGrpc(seen, service);
  const cause = missing ?? `gRPC is not traced. ${loaderHook}`;
  if (!hasSpans(seen, service)) return noSpan(seen, service, cause, missing && `${service}/tracing.ts`);
  return {
    found: `${service} has spans, but none of kind SERVER for the call.`,
    cause,
    file: `${service}/tracing.ts`,
  };
}

/** Why a service has no span at all. If its tracing.ts is loaded and no other cause is found, the given cause is used. */
function noSpan(seen: Observation, service: string, cause: string, file = `${service}/app.ts`): Failure {
  const why = noServerSpan(seen, service);
  return why.file === `${service}/tracing.ts` && why.cause.startsWith('tracing.ts is loaded')
    ? { ...why, cause, file }
    : why;
}
