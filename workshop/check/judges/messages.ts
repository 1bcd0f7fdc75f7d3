/** Calls over gRPC and messages over a queue: what HTTP's headers show elsewhere, spans and messages show here. */
import type { AttributeValue, Span, SpanKind, Trace } from '../../trace/model.ts';
import type { Failure, Judge } from '../lesson.ts';
import { ancestorsOf, type Observation, serverSpanOf, traceOfCall, tracesOfCall } from '../observation.ts';
import { noServerSpan } from '../causes.ts';
import { readTraceparent } from '../traceparent.ts';

/** A service calls another over gRPC: its CLIENT span is the parent of the other's SERVER span. */
export function callsOverGrpc(from: string, to: string): Judge {
  return (seen) => {
    const caller = serverSpanOf(seen, from);
    if (!caller) return noServerSpan(seen, from);
    const trace = traceOfThis(seen, caller);
    const client = trace.spans.find(({ service, kind }) => service === from && kind === 'client');
    const traces = tracesOfCall(seen);
    if (!client) {
      return {
        found: `${from} has no span of kind CLIENT for its call of ${to}.`,
        cause: grpcIsUntraced,
        file: `${from}/app.ts`,
        traces,
      };
    }

    const server = serverSpanOf(seen, to);
    if (!server) return noSpan(seen, to, grpcIsUntraced);
    if (server.traceId === trace.traceId && server.parentId === client.spanId) return 'ok';
    return {
      found: `The SERVER span of ${to} is ${server.traceId === trace.traceId ? 'no child of' : 'not even in the trace of'} the CLIENT span "${client.name}".`,
      cause:
        'The metadata of the call are replaced on the way, or something in tracing.ts replaces the propagator.',
      file: `${to}/tracing.ts`,
      traces,
    };
  };
}

/** The SERVER span of a service has an event with some attribute. */
export function hasEvent(service: string, attribute: string, value: AttributeValue): Judge {
  return (seen) => {
    const server = serverSpanOf(seen, service);
    if (!server) return noServerSpan(seen, service);
    if (server.events.some(({ attributes }) => attributes[attribute] === value)) return 'ok';

    const elsewhere = traceOfThis(seen, server).spans.find(({ events }) =>
      events.some(({ attributes }) => attributes[attribute] === value),
    );
    return {
      found: elsewhere
        ? `The event is at the ${elsewhere.kind.toUpperCase()} span "${elsewhere.name}" of ${elsewhere.service}.`
        : `The SERVER span of ${service} has ${server.events.length === 0 ? 'no event' : 'events, but none'} with ${attribute} = ${value}.`,
      cause: elsewhere
        ? 'Another span was active when it was added.'
        : 'trace.getActiveSpan()?.addEvent(name, attributes) adds it, as long as the call is not answered: after that the span has ended.',
      file: `${service}/app.ts`,
      traces: tracesOfCall(seen),
    };
  };
}

/** A service publishes in a PRODUCER span, which lies below its SERVER span. */
export function hasProducerSpan(service: string): Judge {
  return (seen) => {
    const server = serverSpanOf(seen, service);
    if (!server) return noServerSpan(seen, service);
    const producer = spanOfKind(seen, service, 'producer');
    const file = `${service}/app.ts`;
    const traces = tracesOfCall(seen);
    if (producer && ancestorsOf(producer, traceOfThis(seen, producer)).includes(server)) return 'ok';
    if (producer) {
      return {
        found: `The PRODUCER span "${producer.name}" does not lie below the SERVER span of ${service}.`,
        cause: 'It began where the call is not active: make it while the call is being answered.',
        file,
        traces,
      };
    }

    const other = traces
      .flatMap(({ spans }) => spans)
      .find((span) => span.service === service && /publish|send/i.test(span.name));
    return {
      found: other
        ? `${service} has a span "${other.name}", but it is of kind ${other.kind.toUpperCase()}.`
        : `${service} has no span of kind PRODUCER.`,
      cause: other
        ? 'The kind is not said: { kind: SpanKind.PRODUCER } among the options of the span.'
        : 'None was made, or it was never ended: tracer.startActiveSpan(name, { kind: SpanKind.PRODUCER, attributes }, …), and span.end() in a finally.',
      file,
      traces,
    };
  };
}

/** A service handles a message in a CONSUMER span, which is a child of the PRODUCER span of another. */
export function hasConsumerSpan(service: string, publisher: string): Judge {
  return (seen) => {
    const producer = spanOfKind(seen, publisher, 'producer');
    const consumer = spanOfKind(seen, service, 'consumer');
    const traces = tracesOfCall(seen);
    const file = `${service}/app.ts`;
    if (!consumer) {
      const other = traces.flatMap(({ spans }) => spans).find((span) => span.service === service);
      if (!other) {
        return noSpan(
          seen,
          service,
          'None was made, or it was never ended: tracer.startActiveSpan(name, { kind: SpanKind.CONSUMER, attributes }, parent, …), and span.end() in a finally.',
        );
      }
      return {
        found: `${service} has a span "${other.name}", but it is of kind ${other.kind.toUpperCase()}.`,
        cause: 'The kind is not said: { kind: SpanKind.CONSUMER } among the options of the span.',
        file,
        traces,
      };
    }
    if (producer && consumer.parentId === producer.spanId) return 'ok';
    if (producer && consumer.links.some(({ spanId }) => spanId === producer.spanId)) {
      return {
        found: `The CONSUMER span has a link to the PRODUCER span, and is in a trace of its own.`,
        cause: 'That is the other way, and a good one for batches. This step asks for the parent.',
        file,
        traces,
      };
    }
    return {
      found: `The parent of the CONSUMER span "${consumer.name}" is ${consumer.parentId ?? 'nobody'}, and not the PRODUCER span of ${publisher}.`,
      cause:
        consumer.parentId === undefined
          ? 'The context is not taken out of the headers, or not passed on to the span: propagation.extract(ROOT_CONTEXT, headers, carrier) gives it, and it is the third argument of startActiveSpan.'
          : 'It begins in another context than the one that came with the message.',
      file,
      traces,
    };
  };
}

/** A span of a message has the name and the attributes of the conventions (Semantic Conventions for RabbitMQ). */
export function followsConventions(
  service: string,
  kind: 'producer' | 'consumer',
  expected: Record<string, AttributeValue>,
): Judge {
  return (seen) => {
    const span = spanOfKind(seen, service, kind);
    if (!span) return noServerSpan(seen, service);
    const file = `${service}/${isMadeByLibrary(span) ? 'tracing.ts' : 'app.ts'}`;
    const traces = tracesOfCall(seen);

    const wrong = Object.keys(expected).find((name) => span.attributes[name] !== expected[name]);
    if (wrong !== undefined) {
      const value = span.attributes[wrong];
      return {
        found: `The ${kind.toUpperCase()} span of ${service} has ${value === undefined ? `no ${wrong}` : `${wrong} = ${value}`}.`,
        cause: `The conventions ask for ${wrong} = ${expected[wrong]}. Whoever searches for messages of any service relies on it.`,
        file,
        traces,
      };
    }
    const name = `${expected['messaging.operation.name']} ${expected['messaging.destination.name']}`;
    if (span.name === name) return 'ok';
    return {
      found: `The ${kind.toUpperCase()} span of ${service} is called "${span.name}".`,
      cause: `The conventions call it by its operation and its destination: "${name}".`,
      file,
      traces,
    };
  };
}

/** The message that a service publishes carries the context of its PRODUCER span in its headers. */
export function sendsContext(service: string): Judge {
  return (seen) => {
    const producer = spanOfKind(seen, service, 'producer');
    if (!producer) return noServerSpan(seen, service);
    const file = `${service}/app.ts`;
    const traces = tracesOfCall(seen);
    // Others may publish at the same place, as the services of a workshop that runs beside this check.
    const message =
      seen.messages.find(({ headers }) => String(headers['traceparent']).includes(producer.traceId)) ??
      seen.messages[0];
    if (!message) {
      return {
        found: `${service} published no message.`,
        cause: 'It is not published any more, or to another exchange or with another routing key.',
        file,
        traces,
      };
    }

    const { traceparent } = message.headers;
    const names = Object.keys(message.headers).join(', ') || 'none at all';
    if (typeof traceparent !== 'string') {
      return {
        found: `The message carries no traceparent: its headers are ${names}.`,
        cause:
          'Nothing writes the context into the headers, or they are not handed over: propagation.inject(context.active(), headers, carrier), whose set() has to put the value there, then publish with these headers.',
        file,
        traces,
      };
    }
    const read = readTraceparent(traceparent);
    if ('traceId' in read && read.traceId === producer.traceId && read.parentId === producer.spanId)
      return 'ok';
    return {
      found: `The message carries ${traceparent}, and the PRODUCER span is ${producer.spanId} of trace ${producer.traceId}.`,
      cause:
        'The context was taken while another span was active: inject within the callback of startActiveSpan, from context.active().',
      file,
      traces,
    };
  };
}

/** A service's span of a message is made by an instrumentation, and not by hand any more. */
export function isMadeByInstrumentation(service: string, kind: 'producer' | 'consumer'): Judge {
  return (seen) => {
    const spans = tracesOfCall(seen)
      .flatMap((trace) => trace.spans)
      .filter((span) => span.service === service && span.kind === kind);
    const byHand = spans.find((span) => !isMadeByLibrary(span));
    const byLibrary = spans.find(isMadeByLibrary);
    if (byLibrary && !byHand) return 'ok';
    const what = kind.toUpperCase();
    const shared = { traces: tracesOfCall(seen) };
    if (byLibrary) {
      return {
        found: `${service} has two spans of kind ${what}: "${byLibrary.name}", and "${byHand!.name}" by hand.`,
        cause: 'The lines by hand are still there: take them out.',
        file: `${service}/app.ts`,
        ...shared,
      };
    }
    return {
      found: byHand
        ? `The ${what} span "${byHand.name}" of ${service} is made by hand.`
        : `${service} has no span of kind ${what}.`,
      cause:
        'AmqplibInstrumentation is not among the instrumentations; or the loader hook is missing, or something imports amqplib before, so that it cannot be wrapped any more.',
      file: `${service}/tracing.ts`,
      ...shared,
    };
  };
}

/** A service settles the messages that it takes: none is back in its queue once it has ended. */
export function settlesMessages(service: string): Judge {
  return ({ unsettled, services }) => {
    const count = unsettled.get(service) ?? 0;
    if (count === 0) return 'ok';
    const queue = services.find(({ name }) => name === service)?.consumes;
    return {
      found: `When ${service} had ended, ${count === 1 ? 'a message was' : `${count} messages were`} back in ${queue}, to come once more.`,
      cause: 'RabbitMQ was never told that the work is done: channel.ack(message) after the work does that.',
      file: `${service}/app.ts`,
    };
  };
}

/** A service has a root span that links to the span with which it handled the message of the call. */
export function hasLinkedRoot(service: string): Judge {
  return (seen) => {
    const consumer = spanOfKind(seen, service, 'consumer');
    if (!consumer) return noServerSpan(seen, service);
    const own = seen.traces
      .flatMap(({ spans }) => spans)
      .filter((span) => span.service === service && span !== consumer && span.kind !== 'consumer');
    const linked = own.find(({ links }) => links.some(({ spanId }) => spanId === consumer.spanId));
    const file = `${service}/app.ts`;
    const traces = seen.traces.filter(({ spans }) => spans.some((span) => own.includes(span)));
    if (!linked) {
      return {
        found: own[0]
          ? `The span "${own[0].name}" of ${service} has no link to the CONSUMER span.`
          : `${service} has no span for what it does with many messages at once.`,
        cause: own[0]
          ? 'links among the options of the span are what led to it: { links: [{ context: span.spanContext() }, …] }.'
          : "It is in no span, or in one that was never ended: tracer.startActiveSpan('write stock', { root: true, links }, …).",
        file,
        traces,
      };
    }
    if (linked.parentId === undefined) return 'ok';
    return {
      found: `The span "${linked.name}" has a parent, ${linked.parentId}.`,
      cause:
        'The timer remembers the context of the message that set it, so that one of many becomes the parent. { root: true } leaves it out.',
      file,
      traces,
    };
  };
}

function isMadeByLibrary({ scope }: Span): boolean {
  return scope.startsWith('@opentelemetry/instrumentation');
}

function spanOfKind(seen: Observation, service: string, kind: SpanKind): Span | undefined {
  return tracesOfCall(seen)
    .flatMap(({ spans }) => spans)
    .find((span) => span.service === service && span.kind === kind);
}

function traceOfThis(seen: Observation, { traceId }: Span): Trace {
  return seen.traces.find((trace) => trace.traceId === traceId) ?? traceOfCall(seen)!;
}

const grpcIsUntraced =
  "gRPC is not traced. In tracing.ts, GrpcInstrumentation or the loader hook, register(…), is missing; or the app says `import grpc from '@grpc/grpc-js'`, which gets past the instrumentation: what `import * as grpc` gives is traced.";

/** Why a service has no span at all, or if nothing else explains it, what the step says about it. */
function noSpan(seen: Observation, service: string, cause: string): Failure {
  const why = noServerSpan(seen, service);
  return why.file === `${service}/tracing.ts` && why.cause.startsWith('tracing.ts is loaded')
    ? { ...why, cause, file: `${service}/app.ts` }
    : why;
}
