import assert from 'node:assert/strict';
import { test } from 'node:test';
import { customTime, fieldsOf, queryOf } from '#workshop/viewer/search/fields';
import { emptyQuery } from '#workshop/trace/search/query';

test('the fields of a query say that query, to the µs of a time that nobody changed', () => {
  for (const query of [
    emptyQuery,
    {
      ...emptyQuery,
      service: 'bands-api',
      operation: 'GET',
      tags: 'error=true',
      lookback: '1h',
      limit: '50',
    },
    { ...emptyQuery, start: '1700000000123456', end: '1700000001654321', minDuration: '1s' },
    { ...emptyQuery, start: '1700000000123456' },
  ]) {
    assert.deepEqual(queryOf(fieldsOf(query), query), query);
  }
});

test('a time that was changed counts to the second, and one that cannot be read not at all', () => {
  const query = { ...emptyQuery, start: '1700000000123456', end: '1700000001654321' };
  const fields = { ...fieldsOf(query), from: fieldsOf({ ...query, start: '1600000000000000' }).from, to: '' };
  assert.deepEqual(queryOf(fields, query), { ...query, start: '1600000000000000', end: '' });
});

test('spaces around what is typed do not count, and no limit means the usual one', () => {
  const fields = { ...fieldsOf(emptyQuery), tags: ' error=true ', minDuration: ' 1s', limit: '' };
  assert.deepEqual(queryOf(fields, emptyQuery), { ...emptyQuery, tags: 'error=true', minDuration: '1s' });
});

test('a time of one’s own begins as the last hour, and gives way to a look-back', () => {
  const fields = { ...fieldsOf(emptyQuery), ...customTime(1_700_000_000_500) };
  const { start, end } = queryOf(fields, emptyQuery);
  assert.deepEqual([start, end], ['1699996401000000', '1700000001000000']);
  assert.deepEqual(queryOf({ ...fields, lookback: '5m' }, emptyQuery), { ...emptyQuery, lookback: '5m' });
});
