import assert from 'node:assert/strict';
import { test } from 'node:test';
import { queryTraces } from '#workshop/backend/query';
import { encodeRequest, sendHttp, someSpan } from '../support/otlp.ts';
import { freshBackend } from './backend.ts';

test('the traces of any service come newest first, and each once', async (t) => {
  const { queryUrl, otlpHttpUrl } = await freshBackend(t);
  const nowNs = BigInt(Date.now()) * 1_000_000n;
  const older = someSpan({ startNs: nowNs - 2_000_000n });
  const newer = someSpan({ startNs: nowNs - 1_000_000n });
  await sendHttp(otlpHttpUrl, encodeRequest([older], 'a'));
  await sendHttp(otlpHttpUrl, encodeRequest([newer], 'b'));
  await sendHttp(otlpHttpUrl, encodeRequest([someSpan({ ...newer, spanId: '1'.repeat(16) })], 'c'));

  const found = await queryTraces(queryUrl, Date.now() - 60_000);
  assert.deepEqual(
    found.map(({ traceId }) => traceId),
    [newer.traceId, older.traceId],
  );
});

test('the answer for a page is another one once another service is known, whose color may change the others', async (t) => {
  const { queryUrl, otlpHttpUrl } = await freshBackend(t);
  const span = someSpan();
  await sendHttp(otlpHttpUrl, encodeRequest([span], 'b'));
  const url = `${queryUrl}/viewer/trace/${span.traceId}`;
  const etag = (await fetch(url)).headers.get('etag')!;
  const again = () => fetch(url, { headers: { 'if-none-match': etag } });
  assert.equal((await again()).status, 304);

  await sendHttp(otlpHttpUrl, encodeRequest([someSpan()], 'b'));
  assert.equal((await again()).status, 304, 'another trace of the same service');
  await sendHttp(otlpHttpUrl, encodeRequest([someSpan()], 'a'));
  assert.equal((await again()).status, 200);
});
