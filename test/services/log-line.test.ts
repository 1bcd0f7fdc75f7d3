import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readableLogLine } from '#workshop/services/log-line';

const time = new Date(2026, 0, 2, 3, 4, 5).getTime();
const entry = { level: 30, time, pid: 1, hostname: 'host', reqId: 'req-1' };

test('a request becomes time, level, message, method, and path, followed by the ids of the span', () => {
  const line = JSON.stringify({
    ...entry,
    trace_id: 'abc',
    span_id: 'def',
    req: { method: 'GET', url: '/bands/1' },
    msg: 'incoming request',
  });
  assert.equal(
    readableLogLine(line),
    '[03:04:05] INFO: incoming request GET /bands/1 trace_id=abc span_id=def',
  );
});

test('a response becomes its status and duration', () => {
  const line = JSON.stringify({
    ...entry,
    res: { statusCode: 200 },
    responseTime: 12.4,
    msg: 'request completed',
  });
  assert.equal(readableLogLine(line), '[03:04:05] INFO: request completed 200 12 ms');
});

test('the other fields of an entry follow as JSON', () => {
  const line = JSON.stringify({ ...entry, level: 40, queue: 'orders', msg: 'no consumer' });
  assert.equal(readableLogLine(line), '[03:04:05] WARN: no consumer {"queue":"orders"}');
});

test('the stack trace of an error is on separate lines', () => {
  const err = { type: 'Error', message: 'no', stack: 'Error: no\n    at here' };
  const lines = readableLogLine(JSON.stringify({ ...entry, level: 50, err, msg: 'no' })).split('\n');
  assert.equal(lines[0], '[03:04:05] ERROR: no');
  assert.deepEqual(
    lines.map((line) => line.trim()).filter((line) => /^(Error: no|at here)$/.test(line)),
    ['Error: no', 'at here'],
  );
});

test('no escape sequence in any part of a line reaches the terminal', () => {
  const escape = '\x1b[31m\x1b]0;title\x07\r\x9b2J';
  const err = { type: escape, message: escape, stack: `${escape}\n${escape}` };
  const logged = {
    ...entry,
    level: 50,
    msg: escape,
    req: { url: escape },
    trace_id: escape,
    [escape]: escape,
  };
  for (const line of [JSON.stringify({ ...logged, err }), `Server starts ${escape}`]) {
    assert.doesNotMatch(readableLogLine(line), /(?!\n)\p{Cc}/u);
  }
});

for (const line of ['Server starts', '', '{', '{"a":1}', 'null', '[]']) {
  test(`text that isn't a log entry is unchanged: ${JSON.stringify(line)}`, () => {
    assert.equal(readableLogLine(line), line);
  });
}

test('only a service that rings can ring the bell, and no other control character passes', () => {
  assert.equal(readableLogLine('\x07firing \x1b[2J'), '␇firing ␛[2J');
  assert.equal(readableLogLine('\x07firing \x1b[2J', true), '\x07firing ␛[2J');
  assert.equal(readableLogLine('resolved', true), 'resolved');
});
