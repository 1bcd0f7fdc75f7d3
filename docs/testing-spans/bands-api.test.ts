import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SpanStatusCode } from '@opentelemetry/api';
import { node, tracing } from '@opentelemetry/sdk-node';

const FUGAZI = '553be815-76f3-49db-b9d7-caca4b23cc3e';

const exporter = new tracing.InMemorySpanExporter();
new node.NodeTracerProvider({ spanProcessors: [new tracing.SimpleSpanProcessor(exporter)] }).register();

// reviews.ts reads this variable when it is imported, so import the app afterwards. No program listens on port 1.
process.env.REVIEWS_API_URL = 'http://localhost:1';
const { buildApp } = await import('../../bands-api/app.ts');

test('when reviews-api is down, the span ends as an error that says so', async () => {
  const response = await buildApp().inject(`/bands/${FUGAZI}`);
  assert.equal(response.statusCode, 502);

  const span = exporter.getFinishedSpans().find(({ name }) => name === 'get reviews');
  assert.ok(span, 'the span has ended');
  assert.equal(span.status.code, SpanStatusCode.ERROR);
  assert.match(span.status.message ?? '', /^reviews-api failed: /);
  assert.deepEqual(
    span.events.map(({ name }) => name),
    ['exception'],
  );
});
