import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Backend } from '#workshop/backend/start';
import type { IdsResponse, SearchResponse } from '#workshop/trace/page-data';
import { freshBackend } from '../backend/backend.ts';
import { encodeRequest, sendHttp, someSpan } from '../support/otlp.ts';

const ids = {
  early: 'abcdef0123400000000000000000000a',
  late: 'abcdef0123450000000000000000000b',
  other: '77777777777777777777777777777777',
  short: '00000000000000005555666677778888',
};
const spanId = '1234123412341234';

async function backendWithTraces(t: Parameters<typeof freshBackend>[0]): Promise<Backend> {
  const backend = await freshBackend(t);
  for (const [name, traceId] of Object.entries(ids)) {
    const span = someSpan({ traceId, name, ...(name === 'other' && { spanId }) });
    assert.equal((await sendHttp(backend.otlpHttpUrl, encodeRequest([span]))).status, 200);
  }
  return backend;
}

async function read<Data>(backend: Backend, path: string): Promise<Data> {
  return (await (await fetch(backend.queryUrl + path)).json()) as Data;
}

test('an id leads to its trace, to the traces whose ids begin with it, or to the trace of its span', async (t) => {
  const backend = await backendWithTraces(t);
  const found = async (id: string) => {
    const { matches } = await read<IdsResponse>(backend, `/viewer/ids/${id}`);
    return matches.map((match) => `${match.trace.rootName}${match.spanId ? ` span ${match.spanId}` : ''}`);
  };
  assert.deepEqual((await found('abcdef01')).toSorted(), ['early', 'late']);
  assert.deepEqual(await found('ABCDEF01234'), ['late', 'early']);
  assert.deepEqual(await found('abcdef012345'), ['late']);
  assert.deepEqual(await found('55556666'), ['short'], 'without the zeros that the pages leave out');
  assert.deepEqual(await found('5555666677778888'), ['short']);
  assert.deepEqual(await found(spanId), [`other span ${spanId}`]);
  assert.deepEqual(await found('99'), []);
  assert.equal((await fetch(`${backend.queryUrl}/viewer/ids/xyz`)).status, 400);
});

test('ids are shown with as many digits as tell them from all others', async (t) => {
  const backend = await backendWithTraces(t);
  const digits = async () => (await read<SearchResponse>(backend, '/viewer/search')).idDigits;
  assert.deepEqual(await digits(), { [ids.early]: 12, [ids.late]: 12 });
  const { idDigits } = await read<{ idDigits: object }>(backend, `/viewer/trace/${ids.late}`);
  assert.deepEqual(idDigits, { [ids.late]: 12 });
});
