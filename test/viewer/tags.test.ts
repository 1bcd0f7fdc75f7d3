import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { validateQuery } from '#workshop/trace/search/validate';
import { lookbacks, describeLookback } from '#workshop/trace/search/lookback';
import { searchDataUrl, emptyQuery, parametersOf, queryFrom } from '#workshop/trace/search/query';
import { formatTags, parseTags } from '#workshop/trace/search/tags';

test('tags are key=value, with quotes around values with spaces', () => {
  assert.deepEqual(parseTags('error=true http.route="/bands/:id with space" empty= q="say \\"hi\\""'), {
    tags: { error: 'true', 'http.route': '/bands/:id with space', empty: '', q: 'say "hi"' },
  });
  assert.deepEqual(parseTags('  '), { tags: {} });
});

test('a key without a value means true, as in Jaeger', () => {
  assert.deepEqual(parseTags('error a=1 retried'), { tags: { error: 'true', a: '1', retried: 'true' } });
});

test('the error of an invalid tag says how to write one', () => {
  assert.deepEqual(parseTags('error ="true"'), {
    problem: '"="true"" is not a tag: write key=value, with quotes around a value that contains spaces.',
  });
  assert.deepEqual(parseTags('a=1 b="open'), {
    problem: 'A closing quote is missing in b="open: write key="value with spaces".',
  });
});

test('formatted tags parse to the same tags', () => {
  const key = fc.string({ minLength: 1 }).filter((text) => /^[^\s="]+$/.test(text) && text !== '__proto__');
  fc.assert(
    fc.property(fc.dictionary(key, fc.string({ unit: 'grapheme' }), { noNullPrototype: true }), (tags) => {
      assert.deepEqual(parseTags(formatTags(tags)), { tags });
    }),
  );
});

test("a query is read from and written to the parameters of Jaeger's page", () => {
  const search =
    '?service=bands-api&operation=all&tags=%7B%22error%22%3A%22true%22%7D&minDuration=1.2s&lookback=1h&limit=50';
  const query = queryFrom(search);
  assert.deepEqual(query, {
    service: 'bands-api',
    operation: '',
    tags: 'error=true',
    minDuration: '1.2s',
    maxDuration: '',
    lookback: '1h',
    start: '',
    end: '',
    limit: '50',
  });
  assert.deepEqual(queryFrom(`?${parametersOf(query)}`), query);
  assert.equal(searchDataUrl(queryFrom('')), '/viewer/search?limit=20');
});

test('invalid parameters are ignored', () => {
  const { lookback, limit, start } = queryFrom('?lookback=7y&limit=-3&start=x');
  assert.deepEqual({ lookback, limit, start }, { lookback: '', limit: '20', start: '' });
});

test('invalid tags and durations are kept for the form, and not sent to the backend', () => {
  const search = `?${new URLSearchParams({ service: 'bands-api', tags: 'foo bar="x', minDuration: 'soon' })}`;
  const query = queryFrom(search);
  assert.deepEqual([query.tags, query.minDuration], ['foo bar="x', 'soon']);
  assert.equal(`?${parametersOf(query)}`, search);
  assert.equal(searchDataUrl(query), '/viewer/search?service=bands-api&limit=20');
  assert.deepEqual(validateQuery(query), {
    tags: 'A closing quote is missing in bar="x: write key="value with spaces".',
    minDuration: '"soon" is not a duration: write a number with its unit, such as 1.2s, 100ms, or 5us.',
  });
});

test('tags that logfmt cannot express are not changed to other tags', () => {
  const query = queryFrom(`?tags=${encodeURIComponent('{"a b":"c"}')}`);
  assert.equal(query.tags, '{"a b":"c"}');
  assert.ok(validateQuery(query).tags);
});

test('a shortest duration above the longest and an empty limit are invalid', () => {
  assert.deepEqual(validateQuery({ ...emptyQuery, minDuration: '5s', maxDuration: '900ms', limit: '0' }), {
    maxDuration: 'The shortest duration, 5s, is longer than the longest, 900ms.',
    limit: 'Set the limit to a number from 1 to 9999, such as 20.',
  });
  assert.deepEqual(
    validateQuery({ ...emptyQuery, minDuration: '1m30s', maxDuration: '90s', tags: 'error' }),
    {},
  );
});

test("every lookback of Jaeger's page is valid, has a description, and is converted to Go's format", () => {
  const taken = ['5m', '15m', '30m', '1h', '2h', '3h', '6h', '12h', '24h', '2d', '48h', '1w', '90s'];
  for (const lookback of taken) assert.equal(queryFrom(`?lookback=${lookback}`).lookback, lookback);
  assert.deepEqual(lookbacks, taken.slice(0, 10));
  assert.deepEqual(['', '1h', '30m', '2d', '1w', '90s'].map(describeLookback), [
    'all traces',
    'the last hour',
    'the last 30 minutes',
    'the last 2 days',
    'the last week',
    'the last 90 seconds',
  ]);
  assert.equal(searchDataUrl(queryFrom('?lookback=2d')), '/viewer/search?lookback=48h&limit=20');
  assert.equal(searchDataUrl(queryFrom('?lookback=12h')), '/viewer/search?lookback=12h&limit=20');
});

test('a custom time range overrides a lookback, so that a link shows what its sender saw', () => {
  const { lookback, start, end } = queryFrom('?lookback=1h&start=1700000000000000&end=1700000001000000');
  assert.deepEqual(
    { lookback, start, end },
    { lookback: '', start: '1700000000000000', end: '1700000001000000' },
  );
});
