/** The alerts of step 18 for real: services, Prometheus, Alertmanager, and the pager. Each fault takes about a minute. */
import { stateFolder } from '../parts/state.ts';
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { request } from 'undici';
import { type Backend, startBackend } from '#workshop/backend/start';
import type { Span } from '#workshop/trace/model';
import { type RunningService, startService } from '#workshop/services/start';
import { type UsedServices, useServices } from '#workshop/services/use';
import { copyProject, removeCopy } from '#tools/project-copy';
import { setWeather } from '../fleet/set-weather.ts';
import { eventually } from '../support/eventually.ts';
import { partMissing } from '../support/part-missing.ts';

const skip = await partMissing('postgresql', 'prometheus', 'alertmanager');

const STEP = 'steps/18-alerts-that-ring';
const REQUEST_EVERY_MS = 100;
const INSTANCE = 'followers-api-2';

let copy: string;
let backend: Backend;
let used: UsedServices;
let instance: RunningService;
let load: NodeJS.Timeout;

if (!skip) {
  before(async () => {
    copy = await copyProject();
    backend = await startBackend({ queryPort: 0, otlpGrpcPort: 0, otlpHttpPort: 0 });
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = backend.otlpGrpcUrl;
    process.env.JAEGER_URL = backend.queryUrl; // for the links of the pager
    used = await useServices(join(copy, STEP), { ownPorts: true });
    instance = used.started.find(({ service }) => service.name === INSTANCE)!;
    const urls = used.instances['followers-api']!;
    let count = 0;
    load = setInterval(() => {
      // A request to an instance that was stopped fails, as it may.
      void request(`${urls[count++ % urls.length]}/followers/ada`)
        .then(({ body }) => body.dump())
        .catch(() => {});
    }, REQUEST_EVERY_MS);
    await eventually(async () => (await prometheusAlerts()).length === 0, 'all is well');
  });
  after(async () => {
    clearInterval(load);
    await instance.stop();
    await used.stop();
    await backend.close();
    await removeCopy(copy);
  });
}

/** The names of the alerts that are pending or firing. */
async function prometheusAlerts(): Promise<string[]> {
  const response = await fetch(`${used.env['PROMETHEUS_URL']}/api/v1/alerts`);
  const { data } = (await response.json()) as { data: { alerts: { labels: { alertname: string } }[] } };
  return data.alerts.map(({ labels }) => labels.alertname);
}

/** Waits until Prometheus has evaluated all rules at a time this long after now. */
async function evaluatedFor(ms: number): Promise<void> {
  const from = Date.now();
  await eventually(async () => {
    const response = await fetch(`${used.env['PROMETHEUS_URL']}/api/v1/rules`);
    const { data } = (await response.json()) as { data: { groups: { lastEvaluation: string }[] } };
    return data.groups.every(({ lastEvaluation }) => Date.parse(lastEvaluation) >= from + ms);
  }, 'Prometheus goes on evaluating');
}

/** What the pager has printed. */
const pagerLog = () => readFile(join(stateFolder, 'logs', 'pager.log'), 'utf8');

/** Restarts one instance, with a text in one of its files replaced. */
async function restart(file = 'app.ts', text = '', replacement = ''): Promise<void> {
  await instance.stop();
  const path = join(instance.service.folder, file);
  const original = await readFile(path, 'utf8');
  assert.ok(original.includes(text), text);
  await writeFile(path, original.replace(text, replacement));
  const ports = new Map(Object.entries(used.urls).map(([name, url]) => [name, Number(new URL(url).port)]));
  instance = await startService(instance.service, { ports, env: used.env });
  await writeFile(path, original);
}

const faults: {
  fault: string;
  alert: string;
  /** Other alerts that may ring too. */
  also: string[];
  /** Whether a span explains the alert: the root of the trace to which the pager links. */
  explains?: (root: Span) => boolean;
  begin(): Promise<void>;
  end(): Promise<void>;
}[] = [
  {
    fault: 'half of the requests fail',
    alert: 'ErrorBudgetBurn',
    also: ['SlowRequests'], // on a busy machine
    explains: ({ attributes }) => attributes['http.response.status_code'] === 502,
    begin: () => setWeather(used.urls['social-api']!, { errorRate: 0.5 }),
    end: () => setWeather(used.urls['social-api']!, { errorRate: 0 }),
  },
  {
    fault: 'social-api is slow',
    alert: 'SlowRequests',
    also: [],
    explains: ({ durationUs }) => durationUs > 300_000,
    begin: () => setWeather(used.urls['social-api']!, { delayMs: 450 }),
    end: () => setWeather(used.urls['social-api']!, { delayMs: 20 }),
  },
  {
    fault: 'an instance is stopped',
    alert: 'InstanceGone',
    also: ['SlowRequests'], // when it starts again on a busy machine
    begin: () => instance.stop(),
    end: () => restart(),
  },
  {
    fault: 'an instance stops counting',
    alert: 'IndicatorAbsent',
    also: ['InstanceGone', 'SlowRequests'], // while it restarts
    begin: () => restart('tracing.ts', ', new RequestCounter()', ''),
    end: () => restart(),
  },
  {
    fault: 'an instance computes all the time',
    alert: 'Saturated',
    also: ['SlowRequests', 'InstanceGone'], // it can't respond in time, not even to Prometheus
    begin: () =>
      restart(
        'app.ts',
        'return app;',
        'setInterval(() => { const end = Date.now() + 95; while (Date.now() < end); }, 100); return app;',
      ),
    end: () => restart(),
  },
];

for (const { fault, alert, also, explains, begin, end } of faults) {
  test(`${fault}: ${alert} rings and is resolved, and no other alert rings`, { skip }, async () => {
    const start = (await pagerLog()).length;
    const pages = async (state: string) =>
      [...(await pagerLog()).slice(start).matchAll(new RegExp(`${state} (\\w+)`, 'g'))].map(
        ([, name]) => name!,
      );
    await begin();
    await eventually(async () => (await pages('firing')).includes(alert), `${alert} rings`);
    await evaluatedFor(5_000); // so that other alerts would ring, too
    if (explains) {
      const rang = (await pagerLog()).slice(start);
      const link = new RegExp(`firing ${alert} .*${backend.queryUrl}/trace/(\\w+)$`, 'm').exec(rang);
      const trace = backend.store.trace(link?.[1] ?? '');
      assert.ok(
        trace?.spans.some((span) => span.kind === 'server' && explains(span)),
        rang,
      );
    }
    await end();
    await eventually(async () => (await pages('resolved')).includes(alert), `${alert} is resolved`);
    await eventually(async () => (await prometheusAlerts()).length === 0, 'all is well');
    const rung = new Set(await pages('firing'));
    assert.deepEqual(
      [...rung].filter((name) => name !== alert && !also.includes(name)),
      [],
    );
  });
}
