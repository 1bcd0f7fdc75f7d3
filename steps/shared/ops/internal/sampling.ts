/** ChangeSampling, and the responses to services that ask how much to sample (Jaeger's remote sampling protocol). */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Prometheus } from '#workshop/backend/indicators/prometheus';
import { messageOf } from '#workshop/errors';
import type { ChangeSamplingReq, ChangeSamplingResp } from '../proto/messages.ts';
import { Failure } from './failure.ts';
import { invalid, readName } from './read-request.ts';

const CONFIRMED_WITHIN_MS = 2_000;
const POLL_MS = 100;

/** Who changed the sampling of a service, when, and to what. */
export interface AuditLine {
  service: string;
  ratio: number;
  requestedBy: string;
}

/** Which share of its traces each service samples. All, until that is changed. */
export class Sampling {
  readonly #ratios = new Map<string, number>();

  /** A strategy as Jaeger sends it to a service (jaeger-idl, sampling.proto, in JSON). */
  strategyFor(service: string) {
    return {
      strategyType: 'PROBABILISTIC',
      probabilisticSampling: { samplingRate: this.#ratios.get(service) ?? 1 },
    };
  }

  /**
   * Changes the ratio of a service, and waits until each of its instances has confirmed it: shows it as the metric
   * `sampling_ratio`. Those that don't within two seconds are unconfirmed.
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
    this.#ratios.set(service, ratio);
    audit({ service, ratio, requestedBy });

    const deadline = performance.now() + CONFIRMED_WITHIN_MS;
    let unconfirmed = instances;
    for (;;) {
      const ratios = await Promise.all(unconfirmed.map(ratioInForce));
      unconfirmed = unconfirmed.filter((_, index) => ratios[index] !== ratio);
      if (unconfirmed.length === 0 || performance.now() > deadline || this.#ratios.get(service) !== ratio)
        break;
      await sleep(POLL_MS);
    }
    return { ratio, confirmed: instances.filter((instance) => !unconfirmed.includes(instance)), unconfirmed };
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
    throw new Failure('UNAVAILABLE', messageOf(error));
  });
  if (found.length === 0) throw new Failure('NOT_FOUND', `Prometheus knows no instance of "${service}".`);
  return found.map(({ labels }) => labels['instance'] ?? '').toSorted();
}

/** The ratio that an instance shows at /metrics; undefined if it doesn't respond. */
async function ratioInForce(instance: string): Promise<number | undefined> {
  try {
    const signal = AbortSignal.timeout(CONFIRMED_WITHIN_MS);
    const text = await (await fetch(`http://${instance}/metrics`, { signal })).text();
    const [, value] = /^sampling_ratio (\S+)$/m.exec(text) ?? [];
    return value === undefined ? undefined : Number(value);
  } catch {
    return undefined;
  }
}
