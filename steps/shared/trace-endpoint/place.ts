import { accepts } from '#workshop/net/accepts';
import { parsed } from '#workshop/net/parsed';
import type { Bag } from '#shared/tracing-endpoints/index.ts';

/** Where spans are received over OTLP/gRPC. An IPv6 host is in brackets. */
export interface Place {
  host: string;
  port: number;
}

/** The body of a request is not what PUT /receivers needs. The message says what it needs. */
export class InvalidPlaceError extends Error {
  readonly statusCode = 400;
}

/** The address of a place: `host:port`. */
export function addressOf({ host, port }: Place): string {
  return `${host}:${port}`;
}

/** Whether something listens at a place. */
export function isOpen({ host, port }: Place): Promise<boolean> {
  return accepts(port, host);
}

/** Reads the body of PUT /receivers, `{ "otlp_grpc": "host:port" }`. Throws an InvalidPlaceError for any other body. */
export function readPlace(body: unknown): Place {
  const address = typeof body === 'object' && body !== null && 'otlp_grpc' in body ? body.otlp_grpc : body;
  const place = typeof address === 'string' ? placeAt(address) : undefined;
  if (place) return place;
  throw new InvalidPlaceError(
    `${JSON.stringify(address) ?? 'An empty body'} is not a place for spans: send {"otlp_grpc":"localhost:4317"}, with a host, a port, and no scheme.`,
  );
}

/** The place for OTLP/gRPC in the bag of a provider; undefined if there is none. */
export function placeIn(bag: Bag | undefined): Place | undefined {
  const receivers = parsed(bag?.['receivers'] ?? '') as { protocol: { name: string }; url: string }[] | '';
  const receiver = receivers && receivers.find(({ protocol }) => protocol.name === 'otlp_grpc');
  return receiver ? placeAt(receiver.url) : undefined;
}

function placeAt(address: string): Place | undefined {
  const [, host, digits] = /^(\[[\da-f:]+\]|[\w.-]+):(\d{1,5})$/i.exec(address) ?? [];
  const port = Number(digits);
  return host && port > 0 && port < 65_536 ? { host, port } : undefined;
}
