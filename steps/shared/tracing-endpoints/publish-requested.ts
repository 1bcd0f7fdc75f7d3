import { type Address, type ReceiverProtocol, receiverUrl } from './protocols.ts';
import type { TracingEndpointProvider } from './provider.ts';

/** Protocols that are published even if they are not requested, as long as there is a receiver for them. */
const ALWAYS_PUBLISHED: ReceiverProtocol[] = ['otlp_http'];

/** Where a backend receives traces: its address, and a port for each protocol that it knows. */
export interface Receivers {
  address: Address;
  ports: Partial<Record<ReceiverProtocol, number>>;
}

/**
 * Makes a provider publish the receivers that are requested, sorted by protocol, at each request and when a requirer is
 * gone. Only the leader publishes. Returns a function that publishes again, for when `receivers` has changed.
 */
export function publishRequested(provider: TracingEndpointProvider, receivers: Receivers): () => void {
  provider.on('request', publish);
  provider.on('broken', publish);
  return publish;

  function publish() {
    if (!provider.unit.isLeader) return;
    const { address, ports } = receivers;
    const wanted = [...new Set([...provider.requestedProtocols(), ...ALWAYS_PUBLISHED])].toSorted();
    const known = wanted.filter((protocol) => ports[protocol] !== undefined);
    provider.publishReceivers(
      known.map((protocol) => [protocol, receiverUrl(protocol, address, ports[protocol])]),
    );
  }
}
