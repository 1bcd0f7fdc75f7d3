import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '#workshop/net/ports';
import {
  type CassandraPlace,
  type Configuration,
  type Running,
  startCassandra,
  startKafka,
  startWith,
} from './processes.ts';
import { findPrograms } from './programs.ts';

const PARTITIONS = 4;
const CONFIGURATIONS = 'steps/26-past-one-machine/monitoring';

/** The whole chain: agents → Jaeger collectors → Kafka → Jaeger ingesters → Cassandra, all running. */
export interface Chain {
  folder: string;
  agents: Running[];
  collectors: Running[];
  kafka: Running;
  ingesters: Running[];
  cassandra: Running[];
  /** The URL of Jaeger's query API. */
  queryUrl: string;
}

/** Starts the chain on loopback, with two of everything but Kafka. Everything ends with the test. */
export async function startChain(t: { after(end: () => unknown): void }): Promise<Chain> {
  const programs = findPrograms('otelcol', 'jaeger', 'java', 'kafka', 'cassandra');
  const folder = await mkdtemp(join(tmpdir(), 'workshop-scale-'));
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  // The nodes of a cluster have the same ports, so each has an address of its own.
  const ports = { port: await freePort(), storagePort: await freePort() };
  const [first, second]: [CassandraPlace, CassandraPlace] = [
    { host: '127.0.0.2', ...ports },
    { host: '127.0.0.3', ...ports },
  ];
  const startNode = (place: CassandraPlace) =>
    startCassandra(t, programs, { folder: join(folder, place.host), place, seed: first });
  const [kafka, one] = await Promise.all([
    startKafka(t, programs, { folder, partitions: PARTITIONS }),
    startNode(first),
  ]);
  const cassandra = [one, await startNode(second)];

  const store = (configuration: Configuration) => {
    configuration['extensions'].jaeger_storage.backends.spans.cassandra.connection.servers = cassandra.map(
      ({ address }) => address,
    );
  };
  const queryAddress = `127.0.0.1:${await freePort()}`;
  const grpcAddress = `127.0.0.1:${await freePort()}`;
  await startWith(t, programs.jaeger, {
    folder,
    name: 'query',
    configuration: `${CONFIGURATIONS}/jaeger-query.yaml`,
    address: queryAddress,
    edit(configuration) {
      store(configuration);
      const { http, grpc } = configuration['extensions'].jaeger_query;
      http.endpoint = queryAddress;
      grpc.endpoint = grpcAddress;
    },
  });

  const otlpAddresses = (count: number) =>
    Promise.all(Array.from({ length: count }, async () => `127.0.0.1:${await freePort()}`));
  const collectorAddresses = await otlpAddresses(2);
  const collectors = await Promise.all(
    collectorAddresses.map((address, index) =>
      startWith(t, programs.jaeger, {
        folder,
        name: `collector-${index + 1}`,
        configuration: `${CONFIGURATIONS}/jaeger-collector.yaml`,
        address,
        edit({ receivers, exporters }) {
          receivers.otlp.protocols.grpc.endpoint = address;
          exporters.kafka.brokers = [kafka.address];
        },
      }),
    ),
  );
  const ingesters = await Promise.all(
    [1, 2].map((number) =>
      startWith(t, programs.jaeger, {
        folder,
        name: `ingester-${number}`,
        configuration: `${CONFIGURATIONS}/jaeger-ingester.yaml`,
        address: kafka.address, // it listens nowhere
        edit(configuration) {
          store(configuration);
          configuration['receivers'].kafka.brokers = [kafka.address];
        },
      }),
    ),
  );
  const agents = await Promise.all(
    (await otlpAddresses(2)).map((address, index) =>
      startWith(t, programs.otelcol, {
        folder,
        name: `agent-${index + 1}`,
        configuration: `${CONFIGURATIONS}/agent.yaml`,
        address,
        edit({ receivers, exporters }) {
          receivers.otlp.protocols.grpc.endpoint = address;
          exporters.load_balancing.resolver = { static: { hostnames: collectorAddresses } };
        },
      }),
    ),
  );
  return { folder, agents, collectors, kafka, ingesters, cassandra, queryUrl: `http://${queryAddress}` };
}
