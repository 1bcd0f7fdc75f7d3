import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { node, tracing } from '@opentelemetry/sdk-node';
import { buildApp } from '../../reviews-api/app.ts';

const FUGAZI = '553be815-76f3-49db-b9d7-caca4b23cc3e';

const exporter = new tracing.InMemorySpanExporter();
new node.NodeTracerProvider({ spanProcessors: [new tracing.SimpleSpanProcessor(exporter)] }).register();
beforeEach(() => exporter.reset());

test('each review is read in a span that has its number', async () => {
  const response = await buildApp().inject(`/reviews?band_id=${FUGAZI}`);
  assert.equal(response.statusCode, 200);

  const spans = exporter.getFinishedSpans().filter(({ name }) => name === 'read review');
  const numbers = spans.map(({ attributes }) => attributes['review.number']);
  assert.deepEqual(numbers.toSorted(), [1, 2, 3]);
});

test('a band without reviews has no such span', async () => {
  const response = await buildApp().inject('/reviews?band_id=00000000-0000-4000-8000-000000000000');
  assert.deepEqual(response.json(), []);
  assert.deepEqual(exporter.getFinishedSpans(), []);
});
