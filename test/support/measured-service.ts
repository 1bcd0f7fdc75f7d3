/** A service of several instances that counts its requests, and a Prometheus that scrapes them: for tests of what asks Prometheus. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify from 'fastify';
import { Gauge, Histogram, type OpenMetricsContentType, Registry } from 'prom-client';
import { howToGet } from '#workshop/parts/look';
import { binariesOf } from '#workshop/parts/programs';
import { prometheus } from '#workshop/parts/prometheus';
import { startPart } from '#workshop/parts/start';

const binaries = binariesOf(prometheus);

/** Why no Prometheus can be started here, and how to get it; false if one can. */
export const prometheusMissing = binaries ? false : `Prometheus is ${howToGet(prometheus)}`;
// For a test's `skip` it is a reason; where everything should be there, it is a failure.
if (prometheusMissing && process.env.CI === 'true') throw new Error(prometheusMissing);

/** One instance, in this process. */
export interface Instance {
  /** As Prometheus names it: host and port. */
  name: string;
  /** Counts one request, with an exemplar if it has a trace. */
  count(seconds: number, status?: number, traceId?: string): void;
  /** Removes all counts, as a service does that no longer counts. */
  forget(): void;
  setEventLoop(utilization: number): void;
  /** Shows which version it runs, and what share of its traces it samples. */
  setBuild(version: string): void;
  setSampling(ratio: number): void;
  close(): Promise<void>;
}

/** Starts an instance with the metrics of the services of chapter 3. */
export async function startInstance(): Promise<Instance> {
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const histogram = new Histogram({
    name: 'http_server_request_duration_seconds',
    help: 'Duration of HTTP server requests.',
    labelNames: ['http_request_method', 'http_route', 'http_response_status_code'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    enableExemplars: true,
    registers: [registry],
  });
  const eventLoop = new Gauge({
    name: 'nodejs_eventloop_utilization',
    help: 'Share of time in which the event loop is busy.',
    registers: [registry],
  });
  const build = new Gauge({
    name: 'build_info',
    help: 'The version of the program.',
    labelNames: ['version'],
    registers: [registry],
  });
  const sampling = new Gauge({
    name: 'sampling_ratio',
    help: 'Share of traces that are sampled.',
    registers: [registry],
  });
  const app = Fastify({ forceCloseConnections: true });
  app.get('/metrics', async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    name: new URL(url).host,
    count(seconds, status = 200, traceId) {
      histogram.observe({
        labels: {
          http_request_method: 'GET',
          http_route: '/followers/:name',
          http_response_status_code: String(status),
        },
        value: seconds,
        // The types accept only names of the metric's own labels.
        ...(traceId && { exemplarLabels: { trace_id: traceId } as object }),
      });
    },
    forget: () => registry.removeSingleMetric('http_server_request_duration_seconds'),
    setEventLoop: (utilization) => eventLoop.set(utilization),
    setBuild: (version) => build.set({ version }, 1),
    setSampling: (ratio) => sampling.set(ratio),
    close: () => app.close(),
  };
}

const rules = `groups:
  - name: alerts
    rules:
      - alert: InstanceGone
        expr: up == 0
        annotations:
          summary: '{{ $labels.instance }} does not respond'
          exemplars: 'http_server_request_duration_seconds_bucket{instance="{{ $labels.instance }}"}'
`;

export interface RunningPrometheus {
  url: string;
  close(): Promise<void>;
}

/** Starts a Prometheus that scrapes these instances each second. */
export async function startPrometheus(instances: readonly Instance[]): Promise<RunningPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'workshop-prometheus-'));
  await mkdir(join(folder, 'monitoring'));
  await writeFile(join(folder, 'monitoring', 'rules.yml'), rules);
  const targets = JSON.stringify(instances.map(({ name }) => name));
  await writeFile(
    join(folder, 'monitoring', 'prometheus.yml'),
    `global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [rules.yml]
scrape_configs: [{ job_name: followers-api, static_configs: [{ targets: ${targets} }] }]
`,
  );
  const settings = { stepFolder: folder, places: new Map<string, string>() };
  const { address, stop } = await startPart(prometheus, { binaries: binaries!, folder, settings });
  return {
    url: address['PROMETHEUS_URL']!,
    async close() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
