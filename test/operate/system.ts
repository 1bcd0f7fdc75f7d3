import type { TestContext } from 'node:test';
import { OpsClient } from '#shared/ops/client/ops-client.ts';
import { readSampling } from '#shared/ops/client/questions.ts';
import { type Backend, startBackend } from '#workshop/backend/start';
import { samplesIn } from '#workshop/check/scrapes';
import { type RunningService, startService } from '#workshop/services/start';
import { useServices } from '#workshop/services/use';
import { stepNumber } from '../check/support.ts';

/** The running services of step 22, with a trace backend and a Prometheus of their own. */
export interface System {
  backend: Backend;
  ops: OpsClient;
  /** The host and port of each instance of followers-api. */
  instances: string[];
  /** The process of an instance. */
  processOf(instance: string): RunningService;
  /** Starts an instance whose process has exited. */
  startAgain(instance: string): Promise<void>;
  /** Changes how much followers-api samples: never, always, or a ratio. */
  change(sampling: string): ReturnType<OpsClient['changeSampling']>;
  /** The ratio that an instance shows at /metrics. */
  shown(instance: string): Promise<number | undefined>;
  /** The ratio that followers-api is told when it asks. */
  strategy(): Promise<number>;
  /** Stops the services, which makes them send their last spans. */
  stop(): Promise<void>;
}

interface Strategy {
  probabilisticSampling: { samplingRate: number };
}

/** Starts the services of step 22. They stop after the test. */
export async function startSystem(t: TestContext): Promise<System> {
  const backend = await startBackend({ queryPort: 0, otlpGrpcPort: 0, otlpHttpPort: 0 });
  t.after(() => backend.close());
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = backend.otlpGrpcUrl;
  process.env.JAEGER_URL = backend.queryUrl;
  const used = await useServices(stepNumber(22).folder, { ownPorts: true });
  const again: RunningService[] = [];
  let stopped: Promise<unknown> | undefined;
  const stop = async () => {
    stopped ??= Promise.all(again.map((running) => running.stop())).then(() => used.stop());
    await stopped;
  };
  t.after(stop);

  const ops = new OpsClient(new URL(used.urls['ops']!).host);
  t.after(() => ops.close());
  const instances = used.instances['followers-api']!.map((url) => new URL(url).host);
  const ports = new Map(Object.entries(used.urls).map(([name, url]) => [name, Number(new URL(url).port)]));
  const processOf = (instance: string) =>
    [...again, ...used.started].find(({ service }) => instance.endsWith(`:${ports.get(service.name)}`))!;
  return {
    backend,
    ops,
    instances,
    processOf,
    async startAgain(instance) {
      again.unshift(await startService(processOf(instance).service, { ports, env: used.env }));
    },
    change: (sampling) =>
      ops.changeSampling({
        service: 'followers-api',
        requested_by: 'a test',
        ...readSampling([sampling]),
      }),
    async shown(instance) {
      const response = await fetch(`http://${instance}/metrics`);
      return samplesIn(await response.text()).find(({ name }) => name === 'sampling_ratio')?.value;
    },
    async strategy() {
      const response = await fetch(`${used.urls['sampling']}/api/sampling?service=followers-api`);
      const { probabilisticSampling } = (await response.json()) as Strategy;
      return probabilisticSampling.samplingRate;
    },
    stop,
  };
}
