import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { anyLogs, findLogs } from '#workshop/backend/store/find-logs';
import { keep } from '#workshop/backend/store/kept';
import { LogStore } from '#workshop/backend/store/log-store';
import { TraceStore } from '#workshop/backend/store/store';
import { temporaryFolder } from '../support/environment.ts';
import { encodeLogRequest, encodeRequest, someLog, someSpan, someTraceId } from '../support/otlp.ts';

/** New stores that keep what they have in a folder, and the sentences that this gives. */
async function stored(folder: string, { forget = false } = {}) {
  const traces = new TraceStore();
  const logs = new LogStore();
  const said: string[] = [];
  const kept = await keep({ traces, logs }, { folder, forget, say: (sentence) => said.push(sentence) });
  const ids = () => [...traces.traces()].map(({ id }) => id);
  return { traces, logs, said, ids, close: () => kept.close() };
}

test('what a backend has is in the next one: traces of several services and log records, in their order', async (t) => {
  const folder = await temporaryFolder(t);
  const first = await stored(folder);
  const [one, two] = [someTraceId(), someTraceId()];
  // One batch has spans of two traces, and one trace has spans of two services.
  first.traces.add(encodeRequest([someSpan({ traceId: one }), someSpan({ traceId: two })], 'a'));
  first.traces.add(encodeRequest([someSpan({ traceId: one, name: 'of b' })], 'b'));
  first.logs.add(encodeLogRequest([someLog({ traceId: one, body: 'hello' })]));
  await first.close();

  const second = await stored(folder);
  assert.deepEqual(second.ids(), [one, two]);
  for (const id of [one, two]) assert.deepEqual(second.traces.trace(id), first.traces.trace(id));
  assert.deepEqual(await findLogs(second.logs, anyLogs), await findLogs(first.logs, anyLogs));
  assert.deepEqual(second.said, []);

  second.traces.add(encodeRequest([someSpan()]));
  await second.close();
  const third = await stored(folder);
  assert.deepEqual(third.ids(), second.ids());
  assert.equal(third.ids().length, 3);
});

test('the newest traces are kept, up to 16 MiB, and only whole ones', async (t) => {
  const folder = await temporaryFolder(t);
  const first = await stored(folder);
  const text = 'x'.repeat(100_000);
  for (let count = 0; count < 200; count++) {
    const traceId = someTraceId();
    const spans = [1, 2].map(() => someSpan({ traceId, attributes: { text } }));
    first.traces.add(encodeRequest(spans));
  }
  await first.close();

  assert.ok((await readFile(join(folder, 'traces.binpb'))).length <= 16 * 1024 * 1024);
  const second = await stored(folder);
  const count = second.ids().length;
  assert.ok(count > 70 && count < 100, `${count} traces`);
  assert.deepEqual(second.ids(), first.ids().slice(-count));
  assert.ok([...second.traces.traces()].every(({ spans }) => spans.length === 2));
});

test('a trace that is larger than 16 MiB is left out, and the others are kept', async (t) => {
  const folder = await temporaryFolder(t);
  const first = await stored(folder);
  const traceId = someTraceId();
  first.traces.add(encodeRequest([someSpan({ traceId })]));
  first.traces.add(encodeRequest([someSpan({ attributes: { text: 'x'.repeat(17 * 1024 * 1024) } })]));
  await first.close();
  assert.deepEqual((await stored(folder)).ids(), [traceId]);
});

test('a damaged file is put aside with a sentence, and the rest works', async (t) => {
  const folder = await temporaryFolder(t);
  const first = await stored(folder);
  first.traces.add(encodeRequest([someSpan()]));
  first.logs.add(encodeLogRequest([someLog()]));
  await first.close();
  const file = join(folder, 'traces.binpb');
  const bytes = await readFile(file);
  await writeFile(file, bytes.subarray(0, -5));

  const second = await stored(folder);
  assert.match(second.said.join(), /^The spans of earlier runs can't be read \(.+\): see .+\.damaged\.$/);
  assert.deepEqual(await readFile(`${file}.damaged`), bytes.subarray(0, -5));
  assert.deepEqual(second.ids(), []);
  assert.equal((await findLogs(second.logs, anyLogs)).length, 1);
  second.traces.add(encodeRequest([someSpan()]));
  await second.close();
  assert.equal((await stored(folder)).ids().length, 1);
});

test('forget deletes what is kept, even if nothing arrives afterwards', async (t) => {
  const folder = await temporaryFolder(t);
  const first = await stored(folder);
  first.traces.add(encodeRequest([someSpan()]));
  await first.close();

  const second = await stored(folder, { forget: true });
  assert.deepEqual(second.ids(), []);
  await second.close();
  assert.deepEqual((await stored(folder)).ids(), []);
  assert.deepEqual(await readdir(folder), []);
});

test('a file that cannot be written, and one that cannot be read: a sentence, and the backend works', async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'traces.binpb');
  const first = await stored(folder);
  await mkdir(file); // a folder in place of the file
  first.traces.add(encodeRequest([someSpan()]));
  await first.close();
  assert.match(first.said.join('\n'), /^The spans can't be kept for the next run: .+$/);
  assert.equal(first.ids().length, 1);

  const second = await stored(folder);
  second.traces.add(encodeRequest([someSpan()]));
  await second.close();
  assert.match(second.said.join('\n'), /^The spans of earlier runs can't be read: .+$/);
});
