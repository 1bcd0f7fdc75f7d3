import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readableLogLine } from '#workshop/services/log-line';

const time = new Date(2026, 0, 2, 3, 4, 5).getTime();
const entry = { level: 30, time, pid: 1, hostname: 'host', reqId: 'req-1' };

test('a request becomes time, level, message, method and path, with the ids of the span behind', () => {
  const line = JSON.stringify({
    ...entry,
    trace_id: 'abc',
    span_id: 'def',
    req: { method: 'GET', url: '/bands/1' },
    msg: 'incoming request',
  });
  assert.equal(readableLogLine(line), '03:04:05 info incoming request GET /bands/1 trace_id=abc span_id=def');
});

test('a response becomes its status and how long it took', () => {
  const line = JSON.stringify({
    ...entry,
    res: { statusCode: 200 },
    responseTime: 12.4,
    msg: 'request completed',
  });
  assert.equal(readableLogLine(line), '03:04:05 info request completed 200 12 ms');
});

test('an error brings its stack on lines of its own', () => {
  const line = JSON.stringify({ ...entry, level: 50, err: { stack: 'Error: no\n    at here' }, msg: 'no' });
  assert.equal(readableLogLine(line), '03:04:05 error no\nError: no\n    at here');
});

for (const line of ['Server starts', '', '{', '{"a":1}', 'null', '[]']) {
  test(`what is no line of the logger stays as it is: ${JSON.stringify(line)}`, () => {
    assert.equal(readableLogLine(line), line);
  });
}
