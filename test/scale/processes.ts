/** Starts the real programs of the chain, each on loopback with its data in a folder of the test. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { accepts } from '#workshop/net/accepts';
import { freePort } from '#workshop/net/ports';
import { projectFolder } from '#workshop/settings';
import { eventually } from '../support/eventually.ts';
import { start, type Subject } from '../support/process.ts';
import type { Programs } from './programs.ts';

/** Ends processes and removes folders when a test is over. */
interface Owner {
  after(end: () => unknown): void;
}

/** A started program and the address (host:port) at which others find it. */
export interface Running extends Subject {
  address: string;
}

/** A configuration of the chain as an object, so that a test can replace the names of other machines with addresses. */
export type Configuration = Record<string, any>;

interface StartOptions {
  /** For its own files. */
  folder: string;
  /** Its name in the test, and that of its file. */
  name: string;
  /** The path of its configuration in the project. */
  configuration: string;
  /** Where it listens, or what it needs first. */
  address: string;
  edit: (configuration: Configuration) => void;
}

/** Starts an OpenTelemetry Collector or a Jaeger with a configuration, changed by `edit`, and waits until an address is open. */
export async function startWith(t: Owner, program: string, options: StartOptions): Promise<Running> {
  const { folder, name, address, edit } = options;
  const configuration = parse(
    await readFile(join(projectFolder, options.configuration), 'utf8'),
  ) as Configuration;
  edit(configuration);
  const file = join(folder, `${name}.yaml`);
  await writeFile(file, stringify(configuration));
  return listening(start(t, program, ['--config', file], { env: { PATH: process.env.PATH } }), address, name);
}

/** Starts one Kafka broker, which is its own controller, with a number of partitions for new topics. */
export async function startKafka(
  t: Owner,
  { java, kafka }: Pick<Programs, 'java' | 'kafka'>,
  { folder, partitions }: { folder: string; partitions: number },
): Promise<Running> {
  const [address, controller] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  const file = join(folder, 'kafka.properties');
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@${controller}`,
    listeners: `PLAINTEXT://${address},CONTROLLER://${controller}`,
    'advertised.listeners': `PLAINTEXT://${address}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': join(folder, 'kafka'),
    'num.partitions': partitions,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 1,
    'group.initial.rebalance.delay.ms': 0,
  };
  await writeFile(
    file,
    Object.entries(properties)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
  );

  const run = (memory: string, words: string[]) =>
    start(t, java, [`-Xmx${memory}`, '-XX:+UseSerialGC', '-cp', join(kafka, '*'), ...words]);
  const format = run('256m', [
    'kafka.tools.StorageTool',
    'format',
    '-t',
    'MkU3OEVBNTcwNTJENDM2Qg',
    '-c',
    file,
  ]);
  if ((await format.ended) !== 0) throw new Error(`Kafka's folder could not be formatted:\n${format.stderr}`);
  return listening(run('256m', ['kafka.Kafka', file]), address, 'Kafka');
}

/** Where a Cassandra node listens; all nodes of a cluster use the same ports. */
export interface CassandraPlace {
  host: string;
  port: number;
  storagePort: number;
}

// What Cassandra's own start script passes to Java 17 (conf/jvm17-server.options), which is not in its JAR files.
const EXPORTS = [
  'java.base/jdk.internal.misc',
  'java.base/java.lang.ref',
  'java.management.rmi/com.sun.jmx.remote.internal.rmi',
  'java.rmi/sun.rmi.registry',
  'java.rmi/sun.rmi.server',
  'java.rmi/sun.rmi.transport.tcp',
  'java.sql/java.sql',
  'jdk.unsupported/sun.misc',
];
const OPENS = [
  ...[
    'io',
    'lang',
    'lang.module',
    'lang.reflect',
    'nio',
    'util',
    'util.concurrent',
    'util.concurrent.atomic',
  ].map((name) => `java.base/java.${name}`),
  ...['loader', 'math', 'module', 'ref', 'reflect', 'util.jar'].map(
    (name) => `java.base/jdk.internal.${name}`,
  ),
  'java.base/sun.nio.ch',
  'jdk.management/com.sun.management.internal',
];

/** Starts a Cassandra node; the one at `seed` knows the others. */
export async function startCassandra(
  t: Owner,
  { java, cassandra }: Pick<Programs, 'java' | 'cassandra'>,
  { folder, place, seed }: { folder: string; place: CassandraPlace; seed: CassandraPlace },
): Promise<Running> {
  await mkdir(folder, { recursive: true });
  const { host, port, storagePort } = place;
  const file = join(folder, 'cassandra.yaml');
  const settings = {
    cluster_name: 'workshop',
    num_tokens: 4,
    partitioner: 'org.apache.cassandra.dht.Murmur3Partitioner',
    data_file_directories: [join(folder, 'data')],
    commitlog_directory: join(folder, 'commitlog'),
    saved_caches_directory: join(folder, 'caches'),
    hints_directory: join(folder, 'hints'),
    cdc_raw_directory: join(folder, 'cdc'),
    commitlog_sync: 'periodic',
    commitlog_sync_period: '10000ms',
    listen_address: host,
    rpc_address: host,
    native_transport_port: port,
    storage_port: storagePort,
    seed_provider: [
      {
        class_name: 'org.apache.cassandra.locator.SimpleSeedProvider',
        parameters: [{ seeds: `${seed.host}:${seed.storagePort}` }],
      },
    ],
    endpoint_snitch: 'SimpleSnitch',
    memtable_flush_writers: 1,
    memtable_heap_space: '64MiB',
    memtable_offheap_space: '64MiB',
    file_cache_size: '32MiB',
    key_cache_size: '4MiB',
    auto_snapshot: false,
    auto_bootstrap: false,
  };
  await writeFile(file, stringify(settings));
  const node = start(t, java, [
    '-Xms384m',
    '-Xmx384m',
    '-Xmn100m',
    '-XX:+UseSerialGC',
    '-XX:MaxDirectMemorySize=128m',
    ...['ring_delay_ms=1000', 'superuser_setup_delay_ms=0', 'skip_wait_for_gossip_to_settle=0'].map(
      (setting) => `-Dcassandra.${setting}`,
    ),
    `-Dcassandra.config=file://${file}`,
    `-Dcassandra.storagedir=${folder}`,
    `-Dcassandra.jmx.local.port=${await freePort()}`,
    '-Dcassandra-foreground=yes',
    ...EXPORTS.flatMap((name) => ['--add-exports', `${name}=ALL-UNNAMED`]),
    ...OPENS.flatMap((name) => ['--add-opens', `${name}=ALL-UNNAMED`]),
    '-cp',
    join(cassandra, '*'),
    'org.apache.cassandra.service.CassandraDaemon',
  ]);
  return listening(node, `${host}:${port}`, `Cassandra at ${host}`);
}

/** Waits until a program accepts connections. Throws with its output if it ends first. */
async function listening(program: Subject, address: string, name: string): Promise<Running> {
  const [host, port] = address.split(':') as [string, string];
  const ended = program.ended.then((how) => {
    throw new Error(`${name} ended (${how}):\n${(program.stdout + program.stderr).slice(-3_000)}`);
  });
  ended.catch(() => {}); // it may end later, when it is no longer waited for
  await Promise.race([eventually(() => accepts(Number(port), host), `${name} accepts connections`), ended]);
  return Object.assign(program, { address });
}
