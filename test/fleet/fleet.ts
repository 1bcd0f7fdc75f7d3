import type { TestContext } from 'node:test';
import { Pool } from 'undici';
import { type Backend, startBackend } from '#workshop/backend/start';
import type { RunningService } from '#workshop/services/start';
import { useServices } from '#workshop/services/use';
import { stepNumber } from '../check/support.ts';
import { setWeather } from './set-weather.ts';

const CONNECTIONS = 4; // to each instance

/** A request, as its client knows it. Times are in ms since 1970. */
export interface Sent {
  /** The instance's host and port, as in Prometheus's label `instance`. */
  instance: string;
  sentMs: number;
  /** Missing if the instance was gone. */
  response?: { status: number; traceId: string; receivedMs: number };
}

/** The running services of step 17, with a trace backend and a Prometheus of their own. */
export interface Fleet {
  backend: Backend;
  prometheusUrl: string;
  /** The instances of followers-api, each with its host and port. */
  instances: { instance: string; running: RunningService }[];
  /** Sends requests with the given paths to the instances, a few at a time. Stops using an instance that is gone. */
  send(paths: string[]): Promise<Sent[]>;
  /** Stops the services, which makes them send their last spans. */
  stop(): Promise<void>;
}

/** Starts the services of step 17 with a share of the traces sampled. social-api fails one request in five. */
export async function startFleet(t: TestContext, sampled: number): Promise<Fleet> {
  const backend = await startBackend({ queryPort: 0, otlpGrpcPort: 0, otlpHttpPort: 0 });
  t.after(() => backend.close());
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = backend.otlpGrpcUrl;
  process.env.OTEL_TRACES_SAMPLER_ARG = String(sampled);
  const used = await useServices(stepNumber(17).folder, { ownPorts: true });
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= used.stop());
  t.after(stop);

  await setWeather(used.urls['social-api']!, { delayMs: 0, jitterMs: 5, errorRate: 0.2 });

  const urls = used.instances['followers-api']!;
  return {
    backend,
    prometheusUrl: used.env['PROMETHEUS_URL']!,
    instances: urls.map((url, index) => ({
      instance: new URL(url).host,
      running: used.started.find(({ service }) => service.name === `followers-api-${index + 1}`)!,
    })),
    send: (paths) => sendAll(urls, paths),
    stop,
  };
}

async function sendAll(urls: string[], paths: string[]): Promise<Sent[]> {
  const waiting = paths.values();
  const sent: Sent[] = [];
  await Promise.all(
    urls.map(async (url) => {
      const pool = new Pool(url, { connections: CONNECTIONS });
      await Promise.all(Array.from({ length: CONNECTIONS }, () => work(pool, new URL(url).host)));
      await pool.destroy();
    }),
  );
  return sent;

  /** Sends one request after the other, until there are none left or the instance is gone. */
  async function work(pool: Pool, instance: string): Promise<void> {
    for (const path of waiting) {
      const one: Sent = { instance, sentMs: Date.now() };
      sent.push(one);
      try {
        const { statusCode, headers, body } = await pool.request({ method: 'GET', path });
        await body.dump();
        one.response = {
          status: statusCode,
          traceId: String(headers['trace-id']),
          receivedMs: Date.now(),
        };
      } catch {
        return;
      }
    }
  }
}
