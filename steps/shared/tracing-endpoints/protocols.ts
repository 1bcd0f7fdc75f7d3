/** The tracing protocols of the interface, with the transport and the usual port of each. */
export const protocols = {
  zipkin: { type: 'http', port: 9411 },
  otlp_http: { type: 'http', port: 4318 },
  jaeger_thrift_http: { type: 'http', port: 14268 },
  otlp_grpc: { type: 'grpc', port: 4317 },
  jaeger_grpc: { type: 'grpc', port: 14250 },
} as const;

/** A protocol that a requirer can request. */
export type ReceiverProtocol = keyof typeof protocols;

/** The transport of a protocol. */
export type TransportProtocol = 'http' | 'grpc';

/** All protocols that a requirer can request. */
export const protocolNames = Object.keys(protocols) as ReceiverProtocol[];

/** Where a provider can be reached. */
export interface Address {
  /** The provider's own host. */
  host: string;
  /** Whether the provider itself serves TLS. */
  tls?: boolean | undefined;
  /** The ingress in front of the provider. It counts only once both its host and its scheme are known. */
  ingress?: { host?: string | undefined; scheme?: string | undefined } | undefined;
}

/**
 * Returns the URL at which a receiver is reached: `{scheme}://{host}:{port}` for HTTP, and `{host}:{port}`, without a
 * scheme, for gRPC. The host and the scheme of an ingress replace the provider's own.
 */
export function receiverUrl(
  protocol: ReceiverProtocol,
  address: Address,
  port: number = protocols[protocol].port,
): string {
  const { host, scheme } = outermost(address);
  return protocols[protocol].type === 'grpc' ? `${host}:${port}` : `${scheme}://${host}:${port}`;
}

function outermost({ host, tls, ingress }: Address) {
  if (ingress?.host && ingress.scheme) return { host: ingress.host, scheme: ingress.scheme };
  return { host, scheme: tls ? 'https' : 'http' };
}
