import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { FileStore, TracingEndpointRequirer, Unit } from '#shared/tracing-endpoints/index.ts';
import { relationsFolder } from '#workshop/settings';

/** Sends spans over OTLP/gRPC to the endpoint that a provider has published. While there is none, it drops and counts them. */
export class EndpointExporter implements SpanExporter {
  readonly #unit: Unit;
  #exporter: OTLPTraceExporter | undefined;
  #left: Promise<unknown> = Promise.resolve(); // until the exports to the places that it has left are over
  #dropped = 0;

  constructor(application: string) {
    this.#unit = new Unit(new FileStore(relationsFolder), {
      application,
      isLeader: true,
      metadata: { requires: { tracing: { interface: 'tracing', limit: 1 } } },
    });
    const requirer = new TracingEndpointRequirer(this.#unit, { protocols: ['otlp_grpc'] });
    requirer.on('endpointChanged', () => this.#moveTo(requirer.getEndpoint('otlp_grpc')));
    requirer.on('endpointRemoved', () => this.#moveTo(undefined));

    this.#unit.start();
    this.#unit.unref(); // the process may exit while it watches files
    if (!this.#exporter) this.#moveTo(undefined);
  }

  export(spans: ReadableSpan[], done: (result: ExportResult) => void) {
    const exporter = this.#exporter;
    if (!exporter) {
      this.#dropped += spans.length;
      return done({ code: ExportResultCode.SUCCESS }); // the SDK would log a failure for each batch
    }
    exporter.export(spans, (result) => {
      const hasMoved = this.#exporter !== exporter;
      if (result.code === ExportResultCode.FAILED && hasMoved) this.export(spans, done);
      else done(result);
    });
  }

  async forceFlush() {
    await this.#left; // then what failed there is on its way to the current place
    await this.#exporter?.forceFlush();
  }

  async shutdown() {
    this.#unit.close();
    await this.forceFlush();
    await this.#exporter?.shutdown();
    this.#sayDropped();
  }

  #moveTo(endpoint: string | undefined) {
    this.#left = Promise.all([this.#left, this.#exporter?.shutdown()]);
    this.#exporter = endpoint ? new OTLPTraceExporter({ url: `http://${endpoint}` }) : undefined;
    if (endpoint) this.#sayDropped();
    console.error(endpoint ? `Spans go to ${endpoint}.` : 'There is no endpoint: spans are dropped.');
  }

  #sayDropped() {
    if (this.#dropped > 0) console.error(`Spans dropped while there was no endpoint: ${this.#dropped}.`);
    this.#dropped = 0;
  }
}
