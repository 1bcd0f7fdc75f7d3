import type { TextMapGetter, TextMapSetter } from '@opentelemetry/api';

/** The headers of a message. HTTP headers are strings; these can have any AMQP type. */
type Headers = Record<string, unknown>;

/** How a propagator reads and writes these headers. It knows what a traceparent is, but not what a message is. */
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
