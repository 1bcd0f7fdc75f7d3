/** A service of several instances that counts its requests, and a Prometheus that scrapes them: for the indicators page. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify from 'fastify';
import { Gauge, Histogram, type OpenMetricsContentType, Registry } from 'prom-client';
import { freePort } from '#workshop/net/ports';
import { binariesOf } from '#workshop/parts/programs';
import type { Part } from '#workshop/parts/part';
import { eventually } from '../support/eventually.ts';

const binaries = binariesOf({ places: [], programs: ['prometheus'] } as unknown as Part);

/** Why no Prometheus can be started here; false if one can. */
export const prometheusMissing = binaries ? false : 'Prometheus is not installed';

/** One instance, in this process. */
export interface Instance {
  /** As Prometheus names it: host and port. */
  name: string;
  /** Counts one request, with an exemplar if it has a trace. */
  count(seconds: number, status?: number, traceId?: string): void;
  /** Removes all counts, as a service does that no longer counts. */
  forget(): void;
  setEventLoop(utilization: number): void;
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
    close: () => app.close(),
  };
}

const rules = `groups:
  - name: alerts
    rules:
      - alert: InstanceGone
        expr: up == 0
        annotations: { summary: '{{ $labels.instance }} does not respond' }
`;

export interface RunningPrometheus {
  url: string;
  close(): Promise<void>;
}

/** Starts a Prometheus that scrapes these instances each second. */
export async function startPrometheus(instances: readonly Instance[]): Promise<RunningPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'workshop-prometheus-'));
  const targets = JSON.stringify(instances.map(({ name }) => name));
  await writeFile(join(folder, 'rules.yml'), rules);
  await writeFile(
    join(folder, 'prometheus.yml'),
    `global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [rules.yml]
scrape_configs:
  - job_name: followers-api
    static_configs: [{ targets: ${targets} }]
`,
  );
  const url = `http://127.0.0.1:${await freePort()}`;
  const words = [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=${new URL(url).host}`,
    '--enable-feature=exemplar-storage',
  ];
  const program = spawn(join(binaries!, 'prometheus'), words, { stdio: 'ignore' });
  await eventually(async () => (await fetch(`${url}/-/ready`)).ok, 'Prometheus is ready');
  return {
    url,
    async close() {
      program.kill();
      await once(program, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
