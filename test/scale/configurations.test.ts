/** The configurations of collectors and of Jaeger, without these programs: each component that is used is defined, and the other way around. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { projectFolder } from '#workshop/settings';

type Components = Record<string, unknown>;
interface Pipeline {
  receivers: string[];
  processors?: string[];
  exporters: string[];
}
interface Configuration {
  receivers: Components;
  processors?: Components;
  exporters: Components;
  connectors?: Components;
  extensions?: Components;
  service: { extensions?: string[]; pipelines: Record<string, Pipeline> };
}

/** What is wrong with the references between components; nothing if all is well. */
function problemsOf({ service, connectors = {}, extensions = {}, ...components }: Configuration): string[] {
  const pipelines = Object.values(service.pipelines);
  const used = {
    receivers: new Set(pipelines.flatMap(({ receivers }) => receivers)),
    processors: new Set(pipelines.flatMap(({ processors = [] }) => processors)),
    exporters: new Set(pipelines.flatMap(({ exporters }) => exporters)),
    extensions: new Set(service.extensions),
  };
  const names = Object.keys(connectors);
  const defined = {
    receivers: new Set([...Object.keys(components.receivers), ...names]),
    processors: new Set(Object.keys(components.processors ?? {})),
    exporters: new Set([...Object.keys(components.exporters), ...names]),
    extensions: new Set(Object.keys(extensions)),
  };
  return (Object.keys(used) as (keyof typeof used)[]).flatMap((kind) => [
    ...[...used[kind]].filter((id) => !defined[kind].has(id)).map((id) => `${kind}: ${id} is not defined`),
    ...[...defined[kind]].filter((id) => !used[kind].has(id)).map((id) => `${kind}: ${id} is not used`),
  ]);
}

const folders = ['steps/shared/scale', 'steps/25-through-a-collector/monitoring'];
const files = (
  await Promise.all(
    folders.map(async (folder) =>
      (await readdir(join(projectFolder, folder))).map((name) => `${folder}/${name}`),
    ),
  )
)
  .flat()
  .filter((path) => path.endsWith('.yaml'));
const read = async (path: string) =>
  parse(await readFile(join(projectFolder, path), 'utf8')) as Configuration;

for (const path of files) {
  test(`${path} uses each component that it defines, and defines each that it uses`, async () => {
    assert.deepEqual(problemsOf(await read(path)), []);
  });
}

test('a component that is missing or not used is noticed, even if it is a connector', async () => {
  const configuration = await read('steps/25-through-a-collector/monitoring/collector.yaml');
  delete configuration.processors!['batch'];
  delete configuration.service.pipelines['metrics'];
  assert.deepEqual(problemsOf(configuration), [
    'receivers: span_metrics is not used',
    'processors: batch is not defined',
    'exporters: prometheus is not used',
  ]);
});

test('agents send all spans of a trace to one collector, and each hop uses the place where the next one listens', async () => {
  const [agent, collector, ingester, query] = await Promise.all(
    ['agent', 'collector', 'ingester', 'query'].map((name) => read(`steps/shared/scale/${name}.yaml`)),
  );
  const { routing_key, resolver } = agent!.exporters['load_balancing'] as any;
  assert.equal(routing_key, 'traceID');
  assert.equal(resolver.dns.port, '4317');
  assert.equal((collector!.receivers['otlp'] as any).protocols.grpc.endpoint, '0.0.0.0:4317');

  const [to, from] = [collector!.exporters['kafka'], ingester!.receivers['kafka']] as any[];
  assert.deepEqual([from.brokers, from.traces], [to.brokers, to.traces]);
  assert.equal(to.partition_traces_by_id, true);

  const [written, queried] = [ingester!, query!].map(
    ({ extensions }) => (extensions!['jaeger_storage'] as any).backends.spans.cassandra,
  );
  assert.equal(queried.schema.create, true);
  assert.deepEqual({ ...written, schema: { ...written.schema, create: true } }, queried);
});
