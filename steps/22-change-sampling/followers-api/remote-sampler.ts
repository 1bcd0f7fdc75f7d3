import { type Context, context, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { type Sampler, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace';

/** What Jaeger's remote sampling protocol responds with. Depending on the version, the type is a word or a number. */
interface Strategy {
  strategyType: string | number;
  probabilisticSampling: { samplingRate: number };
}

/** Samples a share of the traces that begin here: the ratio that it got when it last asked. */
export class RemoteSampler implements Sampler {
  readonly #service: string;
  ratio = 1;

  constructor(service: string) {
    this.#service = service;
  }

  /** Asks once. Keeps the ratio if there is no response, or another kind of strategy. */
  async ask(url: string) {
    const withoutSpans = suppressTracing(ROOT_CONTEXT); // or each question would be a trace
    const signal = AbortSignal.timeout(1_000);
    try {
      const asked = () => fetch(`${url}/api/sampling?service=${this.#service}`, { signal });
      const response = await context.with(withoutSpans, asked);
      const { strategyType, probabilisticSampling } = (await response.json()) as Strategy;
      if ([0, 'PROBABILISTIC'].includes(strategyType)) this.ratio = probabilisticSampling.samplingRate;
    } catch {
      // The next question may get a response.
    }
  }

  shouldSample(parent: Context, traceId: string) {
    return new TraceIdRatioBasedSampler(this.ratio).shouldSample(parent, traceId);
  }

  toString() {
    return `RemoteSampler{${this.ratio}}`;
  }
}
