/** A tracer in 40 lines, built from the same parts of the standard library that instrumentation uses. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { channel, subscribe } from 'node:diagnostics_channel';
import { createServer, request } from 'node:http';
import { performance } from 'node:perf_hooks';

interface Span {
  name: string;
  traceId: string;
  startMs: number;
}

/** The active span: it follows the program through await, timers, and callbacks. */
const active = new AsyncLocalStorage<Span>();
const finished = channel('tiny-tracer.span.end');

function inSpan<T>(name: string, work: () => Promise<T>): Promise<T> {
  const traceId = active.getStore()?.traceId ?? randomBytes(16).toString('hex');
  const span = { name, traceId, startMs: performance.now() };
  return active.run(span, () => work().finally(() => finished.publish(span)));
}

// The exporter receives finished spans over a channel, so the tracer doesn't depend on it.
subscribe('tiny-tracer.span.end', (span) => {
  const { name, traceId, startMs } = span as Span;
  console.log(`${traceId}  ${name}  ${(performance.now() - startMs).toFixed(1)} ms`);
});

// The instrumentation: Node.js publishes the start of each HTTP request on a channel, in the context of the caller.
subscribe('http.client.request.start', () => console.log(`${active.getStore()?.traceId}  sends a request`));

const server = createServer((_request, response) => setTimeout(() => response.end(), 20));
server.listen(0, 'localhost', async () => {
  const { port } = server.address() as { port: number };
  await inSpan('GET', () => new Promise((done) => request({ port }, done).end()));
  server.close();
});
