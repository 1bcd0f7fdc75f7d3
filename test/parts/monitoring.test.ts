import { stateFolder } from './state.ts';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { alertmanager } from '#workshop/parts/alertmanager';
import { howToGet, lookFor } from '#workshop/parts/look';
import { binariesOf } from '#workshop/parts/programs';
import { prometheus } from '#workshop/parts/prometheus';
import { usePart, useParts } from '#workshop/parts/use';
import { temporaryFolder } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';

const missing = [prometheus, alertmanager].find((part) => !binariesOf(part));
const skip = missing ? `${missing.title} is ${howToGet(missing)}` : false;
if (skip && process.env.CI === 'true') throw new Error(skip);

const scraping = (places: string) => `
global: { scrape_interval: 1s }
alerting: { alertmanagers: [{ static_configs: [{ targets: ['localhost:9093'] }] }] }
scrape_configs: [{ job_name: fleet, static_configs: [{ targets: [${places}] }] }]
`;
const routes = `
route: { receiver: pager }
receivers: [{ name: pager, webhook_configs: [{ url: 'http://localhost:9099/alerts' }] }]
`;

/** A step with these files in its monitoring/, whose usual place localhost:8001 is really somewhere else. */
async function stepSettings(t: TestContext, files: Record<string, string>, real = 'localhost:1') {
  const stepFolder = await temporaryFolder(t);
  await mkdir(join(stepFolder, 'monitoring'));
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(stepFolder, 'monitoring', name), text);
  }
  return { stepFolder, places: new Map([['localhost:8001', real]]) };
}

/** The value at a path of Prometheus's HTTP API. */
async function api<T>({ PROMETHEUS_URL }: Record<string, string>, path: string): Promise<T> {
  return ((await (await fetch(`${PROMETHEUS_URL}/api/v1/${path}`)).json()) as { data: T }).data;
}

async function targetsOf(env: Record<string, string>): Promise<string[]> {
  type Targets = { activeTargets: { labels: { instance: string } }[] };
  return (await api<Targets>(env, 'targets')).activeTargets.map(({ labels }) => labels.instance).toSorted();
}

test("both start with the step's files, and know the real places", { skip }, async (t) => {
  const server = createServer((_, response) => response.end('lives 9\n')).listen(0, 'localhost');
  await once(server, 'listening');
  t.after(() => server.close().closeAllConnections());
  const real = `localhost:${(server.address() as AddressInfo).port}`;
  const files = { 'prometheus.yml': scraping("'localhost:8001'"), 'alertmanager.yml': routes };
  const settings = await stepSettings(t, files, real);
  settings.places.set('localhost:9099', 'localhost:1234');

  const services = [{ name: 'cat', needs: ['prometheus', 'alertmanager'] }];
  const used = await useParts(services, { settings });
  t.after(() => used.stop());
  assert.ok(existsSync(join(stateFolder, 'parts', 'prometheus', 'data')));

  await eventually(async () => {
    const { result } = await api<{ result: { value: [number, string] }[] }>(used.env, 'query?query=lives');
    return result[0]?.value[1] === '9';
  }, 'Prometheus has scraped the service');
  const { config } = (await (await fetch(`${used.env['ALERTMANAGER_URL']}/api/v2/status`)).json()) as {
    config: { original: string };
  };
  assert.match(config.original, /localhost:1234\/alerts/);
  type Known = { activeAlertmanagers: { url: string }[] };
  await eventually(async () => {
    const { activeAlertmanagers } = await api<Known>(used.env, 'alertmanagers');
    return activeAlertmanagers[0]?.url.startsWith(used.env['ALERTMANAGER_URL']!);
  }, "Prometheus knows Alertmanager's address");
});

test(
  'a changed file is read again; an invalid one is refused with the reason, and changes nothing',
  { skip },
  async (t) => {
    const settings = await stepSettings(t, { 'prometheus.yml': scraping("'localhost:8001'") });
    const file = join(settings.stepFolder, 'monitoring', 'prometheus.yml');
    const used = await usePart(prometheus, { settings });
    t.after(() => used.stop());
    await eventually(async () => (await targetsOf(used.env)).length === 1, 'there is one target');

    await writeFile(file, scraping("'localhost:8001', 'localhost:8002'"));
    assert.deepEqual(await used.reload(), ['Prometheus']);
    await eventually(async () => (await targetsOf(used.env)).length === 2, 'there are two targets');

    await writeFile(file, 'scrape: everything');
    await assert.rejects(used.reload(), {
      message: /^Prometheus keeps its old settings: .*field scrape not found/s,
    });
    assert.deepEqual(await targetsOf(used.env), ['localhost:1', 'localhost:8002']);
  },
);

test(
  'commands share one instance, but services at other ports get an instance of their own',
  { skip },
  async (t) => {
    const settings = await stepSettings(t, { 'prometheus.yml': scraping("'localhost:8001'") });
    const shared = await usePart(prometheus, { settings });
    t.after(() => shared.stop());
    const again = await usePart(prometheus, { settings });
    const own = await usePart(prometheus, { settings, ownInstances: true });
    t.after(() => own.stop());

    assert.deepEqual(again.env, shared.env);
    assert.notDeepEqual(own.env, shared.env);
    assert.deepEqual(await lookFor(prometheus), { address: own.env }); // for the pages of this process
    await own.stop();
    assert.equal(await prometheus.probe(own.env), 'nothing');
    assert.equal(await prometheus.probe(shared.env), 'ready');
  },
);

test('without its file it does not start, and says how to restore the file', { skip }, async (t) => {
  await assert.rejects(usePart(prometheus, { settings: await stepSettings(t, {}) }), {
    message: 'monitoring/prometheus.yml is missing: write it, or restore it with npm run step -- --reset.',
  });
});

test("an instance at the usual address is not used, because its settings are another system's", async (t) => {
  t.mock.method(prometheus, 'probe', () => assert.fail('there is nothing to look at'));
  const found = await lookFor({ ...prometheus, places: [], programs: ['no-such-program'] });
  assert.match(
    (found as { missing: string }).missing,
    /^not installed\. Get it with .*docker compose up prometheus \(with PROMETHEUS_URL=/,
  );
});

test('PROMETHEUS_URL: nothing is listening there, another program is, or it is invalid', async (t) => {
  const other = createServer((_, response) => response.end('{"hello":1}')).listen(0, 'localhost');
  await once(other, 'listening');
  t.after(() => other.close().closeAllConnections());
  t.after(() => delete process.env.PROMETHEUS_URL);
  const said = async () => ((await lookFor(prometheus)) as { missing: string }).missing;

  process.env.PROMETHEUS_URL = 'http://localhost:1';
  assert.match(await said(), /^nothing is listening at localhost:1 \(from PROMETHEUS_URL\)\./);
  process.env.PROMETHEUS_URL = `http://localhost:${(other.address() as AddressInfo).port}`;
  assert.match(await said(), /^localhost:\d+ \(from PROMETHEUS_URL\) is used by .+ change PROMETHEUS_URL\.$/);
  process.env.PROMETHEUS_URL = 'localhost:9090';
  await assert.rejects(said(), { message: /^PROMETHEUS_URL is "localhost:9090", which is not a valid URL/ });
});
