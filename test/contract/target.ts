/**
 * The backend that the contract is held against: the one at JAEGER_URL (its pages and query API) and OTLP_URL (OTLP over
 * HTTP) if both are set, a real Jaeger for instance, otherwise an embedded one that is started for it.
 */
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { startBackend } from '#workshop/backend/start';
import type { JaegerEnvelope, JaegerSpan, JaegerTag, JaegerTrace } from '#workshop/trace/jaeger-json';
import { eventually } from '../support/eventually.ts';
import { encodeRequest, sendHttp, someSpanId, type SpanInput, type Surroundings } from '../support/otlp.ts';

export const target = await findTarget();

async function findTarget(): Promise<{ queryUrl: string; otlpHttpUrl: string }> {
  const { JAEGER_URL, OTLP_URL } = process.env;
  if (Boolean(JAEGER_URL) !== Boolean(OTLP_URL)) {
    throw new Error('Only one of JAEGER_URL and OTLP_URL is set: set both to test that backend, or none.');
  }
  if (JAEGER_URL && OTLP_URL)
    return { queryUrl: new URL(JAEGER_URL).origin, otlpHttpUrl: new URL(OTLP_URL).origin };
  const backend = await startBackend({ queryPort: 0, otlpGrpcPort: 0, otlpHttpPort: 0 });
  after(() => backend.close());
  return backend;
}

/** An answer of the query API. */
export interface ApiAnswer<Data> {
  status: number;
  body: JaegerEnvelope<Data>;
}

/** Asks the query API. Jaeger sends its errors as JSON too, but as text/plain. */
export async function ask<Data>(path: string): Promise<ApiAnswer<Data>> {
  const response = await fetch(target.queryUrl + path);
  return { status: response.status, body: JSON.parse(await response.text()) as JaegerEnvelope<Data> };
}

/** Sends spans, with a service if only its name is given, and waits until as many spans of their trace can be seen. */
export async function sendAndSee(
  spans: (SpanInput & { traceId: string })[],
  surroundings: Surroundings | string,
  expected = spans.length,
): Promise<JaegerTrace> {
  assert.equal((await sendHttp(target.otlpHttpUrl, encodeRequest(spans, surroundings))).status, 200);
  return see(spans[0]!.traceId, expected);
}

/** Waits until a trace has as many spans. */
export function see(traceId: string, spans: number): Promise<JaegerTrace> {
  return eventually(async () => {
    const { body } = await ask<JaegerTrace[]>(`/api/traces/${traceId}`);
    const trace = body.data?.[0];
    return trace?.spans.length === spans ? trace : undefined;
  }, `trace ${traceId} has ${spans} spans`) as Promise<JaegerTrace>;
}

/** A service that no other test has. */
export function someService(): string {
  return `contract-${someSpanId()}`;
}

/** The only span of a trace. */
export function onlySpan(trace: JaegerTrace): JaegerSpan {
  assert.equal(trace.spans.length, 1);
  return trace.spans[0]!;
}

export function tagOf(tags: JaegerTag[], key: string): JaegerTag | undefined {
  return tags.find((tag) => tag.key === key);
}
