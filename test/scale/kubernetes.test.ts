/** The manifests of the chain, without a cluster: by schema, and that each name and port refers to something. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { parse, parseAllDocuments } from 'yaml';
import { projectFolder } from '#workshop/settings';
import { stepNumber } from '../check/support.ts';

const folder = join(projectFolder, 'steps/shared/scale/kubernetes');
const textsIn = async (path: string) => {
  const names = await readdir(path);
  const texts = names.map(async (name) => [name, await readFile(join(path, name), 'utf8')] as const);
  return new Map(await Promise.all(texts));
};
const manifests: any[] = [...(await textsIn(folder)).values()].flatMap((text) =>
  parseAllDocuments(text).map((document) => document.toJS()),
);
/** The files of the ConfigMap `chain`, which is made from the folder monitoring. */
const configurations = await textsIn(join(stepNumber(26).folder, 'monitoring'));
const ofKind = (...kinds: string[]) => manifests.filter(({ kind }) => kinds.includes(kind));
const services = ofKind('Service');
const workloads = ofKind('Deployment', 'DaemonSet', 'StatefulSet');
const compose = parse(await readFile(join(projectFolder, 'docker-compose.yml'), 'utf8'), { merge: true });

const schema = parse(await readFile(join(import.meta.dirname, 'kubernetes.schema.yaml'), 'utf8'));
const validate = new Ajv({ allErrors: true, strict: false }).compile(schema);

test('every manifest is valid by the schema', () => {
  for (const manifest of manifests)
    assert.ok(
      validate(manifest),
      `${manifest.kind} ${manifest.metadata.name}: ${JSON.stringify(validate.errors)}`,
    );
});

const mistakes: [title: string, break_: (manifest: any) => void][] = [
  ['a field is misspelled', ({ spec }) => (spec.replica = 2)],
  [
    'an image has no version',
    ({ spec }) => (spec.template.spec.containers[0].image = 'jaegertracing/jaeger'),
  ],
  [
    'a container has no limit of memory',
    ({ spec }) => delete spec.template.spec.containers[0].resources.limits,
  ],
  [
    'a port is a name in quotes',
    ({ spec }) => (spec.template.spec.containers[0].ports[0].containerPort = '4317'),
  ],
  ['a label is a number', ({ spec }) => (spec.template.metadata.labels.app = 1)],
  ['the version of the API is an old one', (manifest) => (manifest.apiVersion = 'extensions/v1beta1')],
];
for (const [title, break_] of mistakes) {
  test(`the schema refuses a manifest in which ${title}`, () => {
    const manifest = structuredClone(workloads.find(({ metadata }) => metadata.name === 'jaeger-collector'));
    break_(manifest);
    assert.equal(validate(manifest), false);
  });
}

test('each Service selects pods of one workload, and its ports are ports of their container', () => {
  for (const { metadata, spec } of services) {
    const [app = ''] = Object.values<string>(spec.selector);
    const [workload, ...others] = workloads.filter((one) => podNames(one).includes(app));
    assert.ok(workload && others.length === 0, metadata.name);
    const ports = workload.spec.template.spec.containers[0].ports;
    for (const { port, targetPort } of spec.ports) {
      const target = ports.find(({ name }: any) => name === targetPort);
      assert.equal(target?.containerPort, port, `${metadata.name}: ${targetPort}`);
    }
  }
});

test('each workload selects its own pods, and its probes, volumes, and ConfigMaps exist', () => {
  for (const { kind, metadata, spec } of workloads) {
    const { containers, volumes = [] } = spec.template.spec;
    assert.deepEqual(spec.selector.matchLabels, spec.template.metadata.labels, metadata.name);
    if (kind === 'StatefulSet') assert.ok(services.some((one) => one.metadata.name === spec.serviceName));
    const [{ ports = [], readinessProbe, volumeMounts, args = [], image }] = containers;
    const probe = readinessProbe && (readinessProbe.tcpSocket ?? readinessProbe.httpGet).port;
    assert.equal(
      ports.some(({ name }: any) => name === probe),
      ports.length > 0,
      metadata.name,
    );

    const claims = (spec.volumeClaimTemplates ?? []).map((claim: any) => claim.metadata.name);
    const mounted = volumeMounts.map(({ name }: any) => name);
    assert.deepEqual(mounted, [...volumes.map(({ name }: any) => name), ...claims], metadata.name);
    for (const { configMap } of volumes) {
      const [file = ''] = args.map((argument: string) => argument.replace('--config=/chain/', ''));
      assert.deepEqual([configMap.name, configurations.has(file)], ['chain', true], metadata.name);
    }
    const inCompose = [metadata.name, `${metadata.name}-1`].find((name) => name in compose.services)!;
    assert.equal(image, compose.services[inCompose].image, 'the same version as in docker-compose.yml');
  }
});

test('each place in the configurations is a Service with that port', () => {
  const places = [...configurations.values()]
    .flatMap((text) => [
      ...text.matchAll(/\b([a-z][a-z\d-]+):(\d{4,5})\b/g),
      ...text.matchAll(/hostname: ([a-z-]+), port: '(\d+)'/g),
    ])
    .map(([, name, port]) => ({ name, port: Number(port) }));
  assert.deepEqual(
    new Set(places.map(({ name }) => name)),
    new Set(['jaeger-collector', 'kafka', 'cassandra-1', 'cassandra-2']),
  );
  for (const { name, port } of places) {
    const service = services.find(({ metadata }) => metadata.name === name);
    assert.ok(
      service?.spec.ports.some((one: any) => one.port === port),
      `${name}:${port}`,
    );
  }
});

/** What a Service can select: the label of a workload's pods, or the name of a single pod. */
function podNames({ metadata, spec }: any): string[] {
  const { app } = spec.template.metadata.labels;
  if (!spec.ordinals) return [app];
  return Array.from(
    { length: spec.replicas },
    (_, index) => `${metadata.name}-${spec.ordinals.start + index}`,
  );
}
