import type { TextMapGetter, TextMapSetter } from '@opentelemetry/api';

/** The headers of a message. Those of HTTP are texts; these can be anything that AMQP has a form for. */
type Headers = Record<string, unknown>;

/** How a propagator gets at them: it knows traceparent and tracestate, but nothing of messages. */
export const messageHeaders: TextMapSetter<Headers> & TextMapGetter<Headers> = {
  set(headers, name, value) {
    headers[name] = value;
  },
  get(headers, name) {
    const value = headers[name];
    return typeof value === 'string' ? value : undefined;
  },
  keys: (headers) => Object.keys(headers),
};
