/** Judges of the chain agents → Jaeger collectors → Kafka → Jaeger ingesters → Cassandra: of its configurations, and of a run. */
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { messageOf } from '../../errors.ts';
import {
  type CollectorConfiguration,
  typeOf,
  undefinedComponents,
  usedComponents,
} from '../collector-configuration.ts';
import { jsonPrinted } from '../json-printed.ts';
import type { Failure, Judge } from '../lesson.ts';
import { BUSY } from '../slowness.ts';

/** A kind of trace. Tail sampling must keep all that have an error and all that are slow. */
export type TraceKind = 'error' | 'slow' | 'usual';

/** What steps/shared/scale/send-traces.ts found out; nothing if the chain isn't running. */
export interface ChainRun {
  /** For each kind, how many traces were sent, how many of those have spans in Cassandra, and how many all of their spans. */
  kinds?: { kind: TraceKind; sent: number; kept: number; whole: number }[];
}

const FILES = {
  agent: 'monitoring/agent.yaml',
  collector: 'monitoring/jaeger-collector.yaml',
  ingester: 'monitoring/jaeger-ingester.yaml',
  query: 'monitoring/jaeger-query.yaml',
};
type Chain = Record<keyof typeof FILES, CollectorConfiguration>;

/** Where the configurations find the other programs, under the names that they have in docker-compose.yml and in Kubernetes. */
const COLLECTORS = 'jaeger-collector';
const NODES = ['cassandra-1:9042', 'cassandra-2:9042'];
/** What the components do unless they are configured. */
const DEFAULTS = { otlpPort: '4317', topic: 'otlp_spans', encoding: 'otlp_proto', copies: 1 };

/** Each component is defined, and each program sends to a place where the next one listens. */
export const sendsToTheNext = ofChain((chain) => {
  for (const [name, configuration] of Object.entries(chain)) {
    const [missing] = undefinedComponents(configuration);
    const file = FILES[name as keyof Chain];
    if (missing !== undefined)
      return failure(
        file,
        `${file} uses a component that it does not define, ${missing}.`,
        'The names under service must be those of the components above it.',
      );
  }
  return agentsReachCollectors(chain) ?? kafkaConnects(chain) ?? sameTables(chain) ?? 'ok';
});

function agentsReachCollectors({ agent, collector }: Chain): Failure | undefined {
  const port = portOf(otlpOf(collector)?.protocols?.grpc?.endpoint) ?? DEFAULTS.otlpPort;
  const places = senders(agent).flatMap(([id, settings]) => placesOf(id, settings));
  const wrong = places.find((place) => !isCollector(place, port));
  if (places.length > 0 && wrong === undefined) return undefined;
  const to = wrong === undefined ? 'send spans nowhere' : `send spans to ${wrong}`;
  return failure(
    FILES.agent,
    `The agents ${to}, but the Jaeger collectors listen at ${COLLECTORS}:${port}.`,
    `Use the host ${COLLECTORS}, and the port of the receiver otlp in ${FILES.collector}.`,
  );
}

function kafkaConnects({ collector, ingester }: Chain): Failure | undefined {
  const [to, from] = [kafkaOf(collector, 'exporters'), kafkaOf(ingester, 'receivers')].map((kafka) => ({
    brokers: kafka?.brokers,
    topic: kafka?.traces?.topic ?? DEFAULTS.topic,
    encoding: kafka?.traces?.encoding ?? DEFAULTS.encoding,
  }));
  if (to!.brokers && isDeepStrictEqual(to, from)) return undefined;
  return failure(
    FILES.ingester,
    `The collectors write to Kafka with ${JSON.stringify(to)}, but the ingesters read with ${JSON.stringify(from)}.`,
    'The exporter kafka of the collectors and the receiver kafka of the ingesters must name the same brokers, topic, and encoding.',
  );
}

function sameTables({ ingester, query }: Chain): Failure | undefined {
  const [written, read] = [ingester, query].map((one) => cassandraOf(one)?.schema?.keyspace as unknown);
  if (written !== undefined && written === read) return undefined;
  return failure(
    FILES.query,
    `The ingesters write to the keyspace ${String(written)}, but Jaeger's query API reads from ${String(read)}.`,
    'Use the same keyspace in both files.',
  );
}

/** Agents choose the collector by the trace id, from a list that they renew. */
export const keepsTracesTogether = ofChain(({ agent }) => {
  for (const [id, { routing_key: key = 'traceID', resolver }] of senders(agent)) {
    if (!isBalancing(id))
      return failure(
        FILES.agent,
        `The exporter ${id} sends each batch of spans to any of the collectors.`,
        'Then a collector decides on a part of a trace. The exporter load_balancing chooses the collector by the trace id.',
      );
    if (key !== 'traceID')
      return failure(
        FILES.agent,
        `The agents choose the collector by ${key}.`,
        'Spans of different services belong to one trace. With routing_key: traceID, they go to the same collector.',
      );
    if (resolver?.static !== undefined)
      return failure(
        FILES.agent,
        'The agents have a fixed list of collectors.',
        'They keep sending to a collector that is gone. The resolver dns keeps looking up which collectors there are.',
      );
  }
  return 'ok';
});

/** Collectors wait until Kafka has stored every copy. */
export const waitsForCopies = ofChain(({ collector }) => {
  const acks: unknown = kafkaOf(collector, 'exporters')?.producer?.required_acks ?? 1;
  if (acks === -1) return 'ok';
  return failure(
    FILES.collector,
    `The collectors wait for ${acks === 0 ? 'no broker' : 'only one broker'} to store spans.`,
    'If a broker is lost before others have copied its spans, the spans are lost, too. producer.required_acks says how many must have stored them: -1 means all.',
  );
});

/** Cassandra keeps at least two copies, and needs only those nodes that are left if one is down. */
export const survivesANode = ofChain(({ ingester, query }) => {
  for (const [file, configuration] of [
    [FILES.query, query],
    [FILES.ingester, ingester],
  ] as const) {
    const { schema, connection, query: reads } = cassandraOf(configuration) ?? {};
    const copies = Number(schema?.replication_factor ?? DEFAULTS.copies);
    if (copies < 2)
      return failure(
        file,
        `${file} asks for one copy of each span.`,
        'A node that is lost takes its spans with it. schema.replication_factor says on how many nodes each span is stored.',
      );
    const level = String(reads?.consistency ?? 'LOCAL_ONE').toUpperCase();
    const needed = nodesNeeded(level, copies);
    if (needed >= copies)
      return failure(
        file,
        `With the consistency ${level}, all ${copies} nodes that have a copy must respond.`,
        'Then nothing can be written or read while one of them is down. With two copies, leave out the consistency: one node is enough. A quorum needs three copies.',
      );
    const unknown = NODES.filter((node) => ![connection?.servers].flat().includes(node));
    if (unknown.length > 0)
      return failure(
        file,
        `${file} does not list ${unknown.join(' or ')}.`,
        'If the only node that a program knows is down when it starts, it finds no other. List both under connection.servers.',
      );
  }
  return 'ok';
});

/** How many nodes must respond (Cassandra documentation, "Tunable Consistency"). */
function nodesNeeded(level: string, copies: number): number {
  if (level.includes('QUORUM')) return Math.floor(copies / 2) + 1;
  return { ALL: copies, TWO: 2, THREE: 3 }[level] ?? 1;
}

/** If the chain is running, all traces with an error and all slow ones that were sent through it arrive whole. */
export function losesNothing(program: string): Judge {
  return (seen) => {
    const [run] = jsonPrinted<ChainRun>(program, seen);
    if (!run) {
      const lines = seen.programs.get(program)?.stderr ?? [];
      return {
        ...failure(
          FILES.agent,
          'The check could not follow its traces through the chain.',
          lines.at(-1) ?? 'The program printed nothing.',
        ),
        lines,
      };
    }
    for (const { kind, sent, kept, whole } of run.kinds?.filter((one) => one.kind !== 'usual') ?? []) {
      const traces = kind === 'slow' ? 'slow traces' : 'traces with an error';
      if (kept < sent) {
        if (kept > 0 && seen.slowness >= BUSY) return 'inconclusive';
        return failure(
          FILES.ingester,
          `${sent - kept} of ${sent} ${traces} did not arrive in Cassandra.`,
          'Is each program of the chain running, and were all of them restarted after the last change? docker compose --profile scale ps lists them, and docker compose --profile scale logs shows what they print.',
        );
      }
      if (whole < kept) {
        if (seen.slowness >= BUSY) return 'inconclusive';
        return failure(
          FILES.agent,
          `${kept - whole} of ${kept} ${traces} are incomplete.`,
          'Parts of them were sent to different collectors. Restart the agents after you have changed their configuration.',
        );
      }
    }
    return 'ok';
  };
}

/** Judges the four configurations. One that is missing or can't be read is a failure. */
function ofChain(judge: (chain: Chain) => 'ok' | Failure): Judge {
  return ({ sources }) => {
    const chain: Partial<Chain> = {};
    for (const [name, file] of Object.entries(FILES) as [keyof Chain, string][]) {
      const text = sources.get(file);
      if (text === undefined)
        return failure(file, `${file} is missing.`, 'npm run step 26/start puts it into the working copy.');
      try {
        chain[name] = (parse(text) as CollectorConfiguration | null) ?? {};
      } catch (error) {
        return failure(
          file,
          `${file} is not valid YAML.`,
          `The parser says: ${messageOf(error).split('\n')[0]}`,
        );
      }
    }
    return judge(chain as Chain);
  };
}

/** A trace shows nothing about configurations. */
function failure(file: string, found: string, cause: string): Failure {
  return { found, cause, file, traces: [] };
}

function otlpOf(configuration: CollectorConfiguration) {
  return ofType(usedComponents(configuration, 'receivers'), 'otlp');
}

function kafkaOf(configuration: CollectorConfiguration, kind: 'receivers' | 'exporters') {
  return ofType(usedComponents(configuration, kind), 'kafka');
}

function ofType(components: Map<string, any>, type: string): any {
  return [...components].find(([id]) => typeOf(id) === type)?.[1];
}

/** The exporters of an agent that send spans to other programs. The type of the balancing one once had no underscore. */
function senders(agent: CollectorConfiguration): [id: string, settings: any][] {
  return [...usedComponents(agent, 'exporters')].filter(([id]) => isBalancing(id) || id.startsWith('otlp'));
}

function isBalancing(id: string): boolean {
  return /^load_?balancing$/.test(typeOf(id));
}

/** The settings of the first storage that uses Cassandra. */
function cassandraOf({ extensions }: CollectorConfiguration): any {
  const backends = Object.values<any>(extensions?.['jaeger_storage']?.backends ?? {});
  return backends.find((backend) => backend?.cassandra)?.cassandra;
}

/** The places that an exporter sends to, each as `host:port`. */
function placesOf(id: string, { endpoint, resolver }: any): string[] {
  if (!isBalancing(id)) return [String(endpoint ?? '')];
  const { dns, k8s, static: list } = resolver ?? {};
  if (dns) return [`${dns.hostname}:${dns.port ?? DEFAULTS.otlpPort}`];
  if (k8s) return [k8s.ports ?? [DEFAULTS.otlpPort]].flat().map((port) => `${k8s.service}:${port}`);
  return list?.hostnames ?? [];
}

/** Whether a place is that of the collectors; in Kubernetes, a name may end with the namespace. */
function isCollector(place: string, port: string): boolean {
  const [host = '', own = DEFAULTS.otlpPort] = place.replace(/^\w+:\/\/\/?/, '').split(':');
  return host.split('.')[0] === COLLECTORS && own === port;
}

function portOf(endpoint: unknown): string | undefined {
  return typeof endpoint === 'string' ? /:(\d+)$/.exec(endpoint)?.[1] : undefined;
}
