/** Mistakes in the configurations of step 26, judged on a recording of a run with the right ones, because they need a chain. */
import type { ChainRun, TraceKind } from '#workshop/check/judges/chain';
import type { Observation } from '#workshop/check/observation';
import type { Mistake } from '../check/support.ts';
import { configure, report } from './configure.ts';

const AGENT = 'monitoring/agent.yaml';
const COLLECTOR = 'monitoring/jaeger-collector.yaml';
const INGESTER = 'monitoring/jaeger-ingester.yaml';
const QUERY = 'monitoring/jaeger-query.yaml';

const sends = /^Each program of the chain sends/;
const together = /^Agents send all spans of a trace/;
const waits = /^Collectors wait until Kafka/;
const survives = /^Cassandra keeps two copies/;
const arrives = /^If the chain is running/;

/** Replaces one text in a file. */
const replace = (file: string, from: string, to: string) => (seen: Observation) =>
  configure(seen, file, from, to);

/** Changes how many traces of a kind arrived. */
const arrived = (kind: TraceKind, counts: { kept?: number; whole?: number }) => (seen: Observation) =>
  report<ChainRun>(seen, 'send-traces.ts', ({ kinds }) =>
    Object.assign(
      kinds!.find((one) => one.kind === kind)!,
      counts,
    ),
  );

export const chainMistakes: Mistake[] = [
  {
    title: 'a configuration is missing',
    step: 26,
    edit: ({ sources }) => void sources.delete(QUERY),
    expect: sends,
    found: /jaeger-query\.yaml is missing/,
    cause: /npm run step 26\/start/,
    file: QUERY,
  },
  {
    title: 'a configuration is not valid YAML',
    step: 26,
    edit: replace(AGENT, 'load_balancing:\n', 'load_balancing: {\n'),
    expect: sends,
    found: /agent\.yaml is not valid YAML/,
    cause: /line \d+/,
    file: AGENT,
  },
  {
    title: 'the pipeline of the agents still uses the old exporter',
    step: 26,
    edit: replace(AGENT, 'exporters: [load_balancing]', 'exporters: [otlp_grpc]'),
    expect: sends,
    found: /does not define, exporters: otlp_grpc/,
    cause: /names under service/,
    file: AGENT,
  },
  {
    title: 'the agents send to the port of OTLP over HTTP',
    step: 26,
    edit: replace(AGENT, "port: '4317'", "port: '4318'"),
    expect: sends,
    found: /send spans to jaeger-collector:4318, but .* listen at jaeger-collector:4317/,
    cause: /the port of the receiver otlp/,
    file: AGENT,
  },
  {
    title: 'the agents look for a name that does not exist',
    step: 26,
    edit: replace(AGENT, 'hostname: jaeger-collector', 'hostname: jaeger-collector-1'),
    expect: sends,
    found: /send spans to jaeger-collector-1:4317/,
    cause: /Use the host jaeger-collector/,
    file: AGENT,
  },
  {
    title: 'the pipeline of the agents has an empty list of exporters',
    step: 26,
    edit: replace(AGENT, 'exporters: [load_balancing]', 'exporters: [null]'),
    expect: sends,
    found: /send spans nowhere/,
    cause: /Use the host jaeger-collector/,
    file: AGENT,
  },
  {
    title: 'collectors and ingesters use different topics',
    step: 26,
    edit: replace(COLLECTOR, 'topic: otlp_spans', 'topic: jaeger-spans'),
    expect: sends,
    found: /"topic":"jaeger-spans".*"topic":"otlp_spans"/,
    cause: /the same brokers, topic, and encoding/,
    file: INGESTER,
  },
  {
    title: 'ingesters and the query API use different keyspaces',
    step: 26,
    edit: replace(QUERY, 'keyspace: jaeger,', 'keyspace: jaeger_v1_dc1,'),
    expect: sends,
    found: /write to the keyspace jaeger, but .* reads from jaeger_v1_dc1/,
    cause: /the same keyspace/,
    file: QUERY,
  },
  {
    title: 'nothing was changed in the agents',
    step: 26,
    edit(seen) {
      replace(AGENT, '  load_balancing:\n', '  otlp_grpc:\n    endpoint: jaeger-collector:4317\n')(seen);
      replace(AGENT, '[load_balancing]', '[otlp_grpc]')(seen);
    },
    expect: together,
    found: /otlp_grpc sends each batch of spans to any/,
    cause: /load_balancing chooses/,
    file: AGENT,
  },
  {
    title: 'the agents choose the collector by the service',
    step: 26,
    edit: replace(AGENT, 'routing_key: traceID', 'routing_key: service'),
    expect: together,
    found: /choose the collector by service/,
    cause: /routing_key: traceID/,
    file: AGENT,
  },
  {
    title: 'the agents have a fixed list of collectors',
    step: 26,
    edit: replace(
      AGENT,
      "dns: { hostname: jaeger-collector, port: '4317', interval: 2s }",
      'static: { hostnames: [jaeger-collector:4317] }',
    ),
    expect: together,
    found: /a fixed list/,
    cause: /The resolver dns keeps looking up/,
    file: AGENT,
  },
  {
    title: 'the collectors wait for one broker, which is the default',
    step: 26,
    edit: replace(COLLECTOR, 'producer: { required_acks: -1 }', 'producer: {}'),
    expect: waits,
    found: /wait for only one broker/,
    cause: /-1 means all/,
    file: COLLECTOR,
  },
  {
    title: 'the collectors wait for no broker',
    step: 26,
    edit: replace(COLLECTOR, 'required_acks: -1', 'required_acks: 0'),
    expect: waits,
    found: /wait for no broker/,
    cause: /-1 means all/,
    file: COLLECTOR,
  },
  {
    title: 'Cassandra keeps one copy',
    step: 26,
    edit: replace(QUERY, 'replication_factor: 2', 'replication_factor: 1'),
    expect: survives,
    found: /jaeger-query\.yaml asks for one copy/,
    cause: /replication_factor/,
    file: QUERY,
  },
  {
    title: 'only the query API asks for two copies',
    step: 26,
    edit: replace(INGESTER, ', replication_factor: 2', ''),
    expect: survives,
    found: /jaeger-ingester\.yaml asks for one copy/,
    cause: /replication_factor/,
    file: INGESTER,
  },
  {
    title: 'two copies, and a quorum',
    step: 26,
    edit: replace(INGESTER, 'cassandra:\n', 'cassandra:\n          query: { consistency: quorum }\n'),
    expect: survives,
    found: /consistency QUORUM, all 2 nodes/,
    cause: /A quorum needs three copies/,
    file: INGESTER,
  },
  {
    title: 'the ingesters know one node',
    step: 26,
    edit: replace(INGESTER, '[cassandra-1:9042, cassandra-2:9042]', '[cassandra-1:9042]'),
    expect: survives,
    found: /does not list cassandra-2:9042/,
    cause: /finds no other/,
    file: INGESTER,
  },
  {
    title: 'some traces with an error do not arrive',
    step: 26,
    edit: arrived('error', { kept: 4, whole: 4 }),
    expect: arrives,
    found: /^2 of 6 traces with an error did not arrive/,
    cause: /docker compose --profile scale ps/,
    file: INGESTER,
  },
  {
    title: 'the agents were not restarted, so slow traces are incomplete',
    step: 26,
    edit: arrived('slow', { whole: 1 }),
    expect: arrives,
    found: /^5 of 6 slow traces are incomplete/,
    cause: /different collectors/,
    file: AGENT,
  },
  {
    title: 'the query API does not respond',
    step: 26,
    edit({ programs }) {
      const stderr = ["Jaeger's query API can't be read (fetch failed)."];
      programs.set('send-traces.ts', { stdout: [], stderr });
    },
    expect: arrives,
    cause: /^Jaeger's query API can't be read/,
    file: AGENT,
  },
];
