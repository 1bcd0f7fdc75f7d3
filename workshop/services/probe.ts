import { randomBytes } from 'node:crypto';
import { askGrpc } from '../net/ask-grpc.ts';
import { accepts } from '../net/accepts.ts';
import type { Service } from './definition.ts';
import type { Environment } from '../parts/part.ts';
import { hasConsumer } from '../parts/rabbitmq-client.ts';

/** What listens on a service's port: nothing, the service itself, or something else. */
export type Listener = 'nothing' | 'itself' | 'stranger';

const ANSWER_TIMEOUT_MS = 5_000; // a service that has just started, on a laptop that is busy

/**
 * Finds out what listens on a service's port. A service without a port shows itself as the consumer of its queue, with
 * `parts` for where the broker is; without a queue either, it can't be seen from outside.
 */
export async function probe(service: Service, parts: Environment = {}): Promise<Listener> {
  if (service.consumes) return (await hasConsumer(service.consumes, parts)) ? 'itself' : 'nothing';
  if (service.port === undefined || !(await accepts(service.port))) return 'nothing';
  if (service.protocol === 'grpc') return probeGrpc(service.name, service.port);

  try {
    const health = await fetch(`http://localhost:${service.port}/health`, {
      headers: { traceparent: unsampledTraceparent() },
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    const answer = (await health.json()) as { service?: string };
    return answer.service === service.name ? 'itself' : 'stranger';
  } catch {
    return 'stranger';
  }
}

/** Asks by gRPC's health protocol (grpc.health.v1), whose request has the name of the service as field 1. */
async function probeGrpc(name: string, port: number): Promise<Listener> {
  const request = Buffer.concat([Buffer.from([0x0a, name.length]), Buffer.from(name)]);
  const status = await askGrpc(`http://localhost:${port}`, '/grpc.health.v1.Health/Check', {
    message: request,
    headers: { traceparent: unsampledTraceparent() },
    timeoutMs: ANSWER_TIMEOUT_MS,
  });
  return status === '0' ? 'itself' : 'stranger';
}

/** A traceparent whose flags say "not sampled", so that the question leaves no trace (W3C Trace Context, 3.2.2.5). */
function unsampledTraceparent(): string {
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00`;
}
