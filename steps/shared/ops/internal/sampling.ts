/** ChangeSampling, and the responses to services that ask how much to sample (Jaeger's remote sampling protocol). */
import { setTimeout as sleep } from 'node:timers/promises';
import { context } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import type { Prometheus } from '#workshop/backend/indicators/prometheus';
import { messageOf } from '#workshop/errors';
import type { ChangeSamplingReq, ChangeSamplingResp } from '../proto/messages.ts';
import { Failure } from './failure.ts';
import { invalid, readName } from './read-request.ts';

const CONFIRMED_WITHIN_MS = 2_000;
const POLL_MS = 100;

/** Who changed the sampling of a service, and to what. The log adds the time. */
export interface AuditLine {
  service: string;
  ratio: number;
  requestedBy: string;
}

/** What share of its traces each service samples. All, until that is changed. */
export class Sampling {
  readonly #ratios = new Map<string, number>();
  readonly #services: readonly string[];

  /** `services` may be changed even if Prometheus knows no instance of them: they ask without being scraped. */
  constructor(services: readonly string[]) {
    this.#services = services;
  }

  /** A strategy as Jaeger sends it to a service (jaeger-idl, sampling.proto, in JSON). */
  strategyFor(service: string) {
    return {
      strategyType: 'PROBABILISTIC',
      probabilisticSampling: { samplingRate: this.#ratios.get(service) ?? 1 },
    };
  }

  /**
   * Changes the ratio of a service, and waits until each of its instances has confirmed it, by showing it as the metric
   * `sampling_ratio`. Instances that don't do so within two seconds, or before another change, are unconfirmed.
   */
  async change(
    prometheus: Prometheus,
    request: ChangeSamplingReq,
    audit: (line: AuditLine) => void,
  ): Promise<ChangeSamplingResp> {
    const service = readName('service', request.service);
    const requestedBy = readName('requested_by', request.requested_by);
    const ratio = ratioOf(request);
    const instances = await instancesOf(prometheus, service);
    if (instances.length === 0 && !this.#services.includes(service)) throw unknown(service);
    this.#ratios.set(service, ratio);
    audit({ service, ratio, requestedBy });

    const deadline = AbortSignal.timeout(CONFIRMED_WITHIN_MS);
    const confirms = async (instance: string) => {
      while (!deadline.aborted && this.#ratios.get(service) === ratio) {
        if ((await ratioInForce(instance, deadline)) === ratio) return true;
        await sleep(POLL_MS);
      }
      return false;
    };
    // The instances are asked so often that the spans of these requests would hide those of the question.
    const confirmations = await context.with(suppressTracing(context.active()), () =>
      Promise.all(instances.map(confirms)),
    );
    return {
      ratio,
      confirmed: instances.filter((_, index) => confirmations[index]),
      unconfirmed: instances.filter((_, index) => !confirmations[index]),
    };
  }
}

function ratioOf({ type, float_value: value }: ChangeSamplingReq): number {
  if (type === 'NEVER') return 0;
  if (type === 'ALWAYS') return 1;
  if (type !== 'FLOAT')
    throw invalid(`"${String(type)}" is not a type: the types are NEVER, ALWAYS, and FLOAT.`);
  if (value > 0 && value <= 1) return value;
  throw invalid(`float_value is ${value}, but must be more than 0 and at most 1.`);
}

/** The instances of a service, as host and port, including those that are down. */
async function instancesOf(prometheus: Prometheus, service: string): Promise<string[]> {
  const found = await prometheus.now(`up{job=${JSON.stringify(service)}}`).catch((error) => {
    throw new Failure(
      'UNAVAILABLE',
      `The sampling of ${service} hasn't changed, because ops can't find its instances: ${messageOf(error)}`,
    );
  });
  return found.map(({ labels }) => labels['instance'] ?? '').toSorted();
}

function unknown(service: string): Failure {
  return new Failure(
    'NOT_FOUND',
    `Prometheus knows no instance of "${service}", and SAMPLED_SERVICES doesn't name it.`,
  );
}

/** The ratio that an instance shows at /metrics; undefined if it doesn't respond before the deadline. */
async function ratioInForce(instance: string, deadline: AbortSignal): Promise<number | undefined> {
  try {
    const text = await (await fetch(`http://${instance}/metrics`, { signal: deadline })).text();
    const [, value] = /^sampling_ratio (\S+)$/m.exec(text) ?? [];
    return value === undefined ? undefined : Number(value);
  } catch {
    return undefined;
  }
}
