import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeRequest, sendHttp, someSpan } from '../support/otlp.ts';
import { freshBackend, getTrace } from './backend.ts';

test('a parent that comes late takes its place, and the warning of its absence goes', async (t) => {
  const backend = await freshBackend(t);
  const root = someSpan({});
  const child = someSpan({ traceId: root.traceId, parentId: root.spanId });
  const warnings = async () =>
    (await getTrace(backend, root.traceId))!.spans.map((span) => span.warnings?.length ?? 0);

  await sendHttp(backend.otlpHttpUrl, encodeRequest([child], 'late'));
  assert.deepEqual(await warnings(), [1]);

  await sendHttp(backend.otlpHttpUrl, encodeRequest([root], 'late'));
  assert.deepEqual(await warnings(), [0, 0]);
});
