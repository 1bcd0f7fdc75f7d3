import { trace } from '@opentelemetry/api';
import Fastify from 'fastify';

/** Returns the ids of the active span, which Pino adds to each log line. */
function traceIds() {
  const span = trace.getActiveSpan()?.spanContext();
  return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
}

const app = Fastify({ logger: { mixin: traceIds } });
app.get('/hello', async () => ({ hello: 'world' }));

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => app.close());
await app.listen({ host: process.env.HOST ?? 'localhost', port: Number(process.env.PORT ?? 3000) });
