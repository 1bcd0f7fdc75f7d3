import assert from 'node:assert/strict';
import { test } from 'node:test';
import { customTime, fieldsOf, queryOf } from '#workshop/viewer/search/fields';
import { emptyQuery } from '#workshop/trace/search/query';

test('a query survives the form, including the µs of an unchanged time', () => {
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

test('a changed time is precise to the second, and an invalid one is ignored', () => {
  const query = { ...emptyQuery, start: '1700000000123456', end: '1700000001654321' };
  const fields = { ...fieldsOf(query), from: fieldsOf({ ...query, start: '1600000000000000' }).from, to: '' };
  assert.deepEqual(queryOf(fields, query), { ...query, start: '1600000000000000', end: '' });
});

test('spaces around a text are ignored, and an empty limit means the default', () => {
  const fields = { ...fieldsOf(emptyQuery), tags: ' error=true ', minDuration: ' 1s', limit: '' };
  assert.deepEqual(queryOf(fields, emptyQuery), { ...emptyQuery, tags: 'error=true', minDuration: '1s' });
});

test('a custom time range starts as the last hour, and a lookback replaces it', () => {
  const fields = { ...fieldsOf(emptyQuery), ...customTime(1_700_000_000_500) };
  const { start, end } = queryOf(fields, emptyQuery);
  assert.deepEqual([start, end], ['1699996401000000', '1700000001000000']);
  assert.deepEqual(queryOf({ ...fields, lookback: '5m' }, emptyQuery), { ...emptyQuery, lookback: '5m' });
});
