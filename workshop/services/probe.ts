import { randomBytes } from 'node:crypto';
import { callGrpc } from '../net/call-grpc.ts';
import { accepts } from '../net/accepts.ts';
import type { Service } from './definition.ts';
import type { Environment } from '../parts/part.ts';
import { hasConsumer } from '../parts/rabbitmq-client.ts';

/** What listens on a service's port: nothing, the service itself, or another program. */
export type Listener = 'nothing' | 'itself' | 'other';

const RESPONSE_TIMEOUT_MS = 10_000; // for a service that has just started on a busy laptop

/**
 * Finds out what listens on a service's port. A service without a port is recognized as the consumer of its queue;
 * `parts` has the address of the broker. Without a queue either, it can't be recognized.
 */
export async function probe(service: Service, parts: Environment = {}): Promise<Listener> {
  if (service.consumes) return (await hasConsumer(service.consumes, parts)) ? 'itself' : 'nothing';
  if (service.port === undefined || !(await accepts(service.port))) return 'nothing';
  if (service.protocol === 'grpc') return probeGrpc(service.title, service.port);

  try {
    const health = await fetch(`http://localhost:${service.port}/health`, {
      headers: { traceparent: unsampledTraceparent() },
      signal: AbortSignal.timeout(RESPONSE_TIMEOUT_MS),
    });
    const { service: name } = (await health.json()) as { service?: string };
    return name === service.title ? 'itself' : 'other';
  } catch {
    return 'other';
  }
}

/** Uses gRPC's health protocol (grpc.health.v1), whose request has the name of the service as field 1. */
async function probeGrpc(name: string, port: number): Promise<Listener> {
  const request = Buffer.concat([Buffer.from([0x0a, name.length]), Buffer.from(name)]);
  const status = await callGrpc(`http://localhost:${port}`, '/grpc.health.v1.Health/Check', {
    message: request,
    headers: { traceparent: unsampledTraceparent() },
    timeoutMs: RESPONSE_TIMEOUT_MS,
  });
  return status === '0' ? 'itself' : 'other';
}

/** A traceparent with the flags "not sampled", so that the request leaves no trace (W3C Trace Context, 3.2.2.5). */
function unsampledTraceparent(): string {
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00`;
}
