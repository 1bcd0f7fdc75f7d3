import {
  FileStore,
  type Log,
  publishRequested,
  type Receivers,
  relate,
  TracingEndpointProvider,
  Unit,
} from '#shared/tracing-endpoints/index.ts';
import { portOf } from '#workshop/net/ports';
import { otlpGrpcUrl, relationsFolder, urlFrom } from '#workshop/settings';
import { addressOf, isOpen, type Place, placeIn } from './place.ts';

const LOOK_EVERY_MS = 1_000;

interface PublisherOptions {
  /** The provider's own name. */
  name: string;
  /** The names of the applications that may ask where spans are received. */
  requirers: string[];
  log: Log & { info(message: string): void };
}

/** Publishes where spans are received, to the applications that ask: at the place in the environment, unless it is moved. */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #store = new FileStore(relationsFolder);
  readonly #unit: Unit;
  readonly #provider: TracingEndpointProvider;
  readonly #configured: Place;
  readonly #receivers: Receivers;
  readonly #publish: () => void;
  #place: Place;
  #watching: NodeJS.Timeout | undefined;

  constructor(options: PublisherOptions) {
    const { name, log } = options;
    // If there is a collector, services send their spans there, and the collector sends them to the backend.
    const url = process.env.COLLECTOR_URL
      ? urlFrom('COLLECTOR_URL', 'http://localhost:14317')
      : otlpGrpcUrl();
    const { hostname: host, protocol } = url;
    const port = portOf(url);
    this.#options = options;
    this.#unit = new Unit(this.#store, {
      application: name,
      isLeader: true,
      metadata: { provides: { tracing: { interface: 'tracing' } } },
      log,
    });
    this.#provider = new TracingEndpointProvider(this.#unit);
    this.#configured = { host, port };
    this.#receivers = {
      address: { host, tls: protocol === 'https:' },
      ports: { otlp_grpc: port },
    };
    this.#place = this.#configured;
    this.#publish = publishRequested(this.#provider, this.#receivers);
    this.#unit.on('changed', (relation) => {
      if (!this.#provider.isRequirerReady(relation)) return;
      const protocols = this.#provider.requestedReceivers(relation).join(', ');
      log.info(`${relation.remoteApplication} requests ${protocols}`);
    });
  }

  /** Where spans are received; null if the endpoint is withdrawn. */
  get place(): Place | null {
    return this.#unit.relations().length > 0 ? this.#place : null;
  }

  /** Begins to publish. If only the place that it published before a restart is open, it keeps publishing that one. */
  async start(): Promise<void> {
    this.#relateAll();
    const [last] = this.#unit.relations().flatMap(({ localData }) => placeIn(localData) ?? []);
    if (last && !(await isOpen(this.#configured)) && (await isOpen(last))) this.#setPlace(last);
    this.#unit.start();
    this.#watching = setInterval(() => void this.#returnIfClosed(), LOOK_EVERY_MS);
  }

  close(): void {
    clearInterval(this.#watching);
    this.#unit.close();
  }

  /** Publishes another place, until nothing listens there any more. */
  moveTo(place: Place): void {
    this.#setPlace(place);
    if (this.#provider.requestedProtocols().size > 0) this.#publish();
    this.#relateAll(); // after it was withdrawn
    this.#options.log.info(`Spans are received at ${addressOf(place)}`);
  }

  /** Publishes no place until the next move or restart: it removes the relations. */
  withdraw(): void {
    this.#setPlace(this.#configured);
    for (const { id } of this.#unit.relations()) this.#store.remove(id);
    this.#options.log.info('Spans are not received anywhere');
  }

  /** Returns to the configured place: a program that has moved the endpoint may end before it moves the endpoint back. */
  async #returnIfClosed(): Promise<void> {
    const place = this.#place;
    if (place === this.#configured || (await isOpen(place)) || place !== this.#place) return;
    this.#options.log.warn(`Nothing listens at ${addressOf(place)} any more`);
    this.moveTo(this.#configured);
  }

  /** As with an ingress, the published address can differ from the provider's own. */
  #setPlace(place: Place): void {
    const isOwn = addressOf(place) === addressOf(this.#configured);
    this.#place = isOwn ? this.#configured : place;
    this.#receivers.address.ingress = isOwn ? undefined : { host: place.host, scheme: 'http' };
    this.#receivers.ports.otlp_grpc = place.port;
  }

  #relateAll(): void {
    for (const requirer of this.#options.requirers) relate(this.#store, this.#options.name, requirer);
  }
}
