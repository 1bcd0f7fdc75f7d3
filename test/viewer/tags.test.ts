import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { validateQuery } from '#workshop/trace/search/validate';
import { lookbacks, describeLookback } from '#workshop/trace/search/lookback';
import { searchDataUrl, emptyQuery, parametersOf, queryFrom } from '#workshop/trace/search/query';
import { formatTags, parseTags } from '#workshop/trace/search/tags';

test('tags are key=value, with quotes around what has spaces', () => {
  assert.deepEqual(parseTags('error=true http.route="/bands/:id with space" empty= q="say \\"hi\\""'), {
    tags: { error: 'true', 'http.route': '/bands/:id with space', empty: '', q: 'say "hi"' },
  });
  assert.deepEqual(parseTags('  '), { tags: {} });
});

test('a key alone means that it is true, as in Jaeger', () => {
  assert.deepEqual(parseTags('error a=1 retried'), { tags: { error: 'true', a: '1', retried: 'true' } });
});

test('what is no tag is answered with how to write one', () => {
  assert.deepEqual(parseTags('error ="true"'), {
    problem: 'Write tags as key=value, with quotes around a value with spaces; ="true" is none.',
  });
  assert.deepEqual(parseTags('a=1 b="open'), {
    problem: 'A quote is missing in b="open: write key="value with spaces".',
  });
});

test('tags survive being written and read again', () => {
  const key = fc.string({ minLength: 1 }).filter((text) => /^[^\s="]+$/.test(text) && text !== '__proto__');
  fc.assert(
    fc.property(fc.dictionary(key, fc.string({ unit: 'grapheme' }), { noNullPrototype: true }), (tags) => {
      assert.deepEqual(parseTags(formatTags(tags)), { tags });
    }),
  );
});

test("a search is read from the parameters of Jaeger's page and written as the same", () => {
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

test('parameters that make no sense count as not there', () => {
  const { lookback, limit, start } = queryFrom('?lookback=7y&limit=-3&start=x');
  assert.deepEqual({ lookback, limit, start }, { lookback: '', limit: '20', start: '' });
});

test('tags and durations that make no sense stay to be mended, and are not asked for', () => {
  const search = `?${new URLSearchParams({ service: 'bands-api', tags: 'foo bar="x', minDuration: 'soon' })}`;
  const query = queryFrom(search);
  assert.deepEqual([query.tags, query.minDuration], ['foo bar="x', 'soon']);
  assert.equal(`?${parametersOf(query)}`, search);
  assert.equal(searchDataUrl(query), '/viewer/search?service=bands-api&limit=20');
  assert.deepEqual(validateQuery(query), {
    tags: 'A quote is missing in bar="x: write key="value with spaces".',
    minDuration: 'Write a duration as a number with its unit, such as 1.2s, 100ms or 5us; soon is none.',
  });
});

test('tags that logfmt cannot say are not taken for others', () => {
  const query = queryFrom(`?tags=${encodeURIComponent('{"a b":"c"}')}`);
  assert.equal(query.tags, '{"a b":"c"}');
  assert.ok(validateQuery(query).tags);
});

test('a shortest duration above the longest and a limit of nothing are faults, all else is none', () => {
  assert.deepEqual(validateQuery({ ...emptyQuery, minDuration: '5s', maxDuration: '900ms', limit: '0' }), {
    maxDuration: 'Nothing takes at least 5s and at most 900ms.',
    limit: 'The limit is a number of traces, such as 20.',
  });
  assert.deepEqual(validateQuery({ ...emptyQuery, minDuration: '1m30s', maxDuration: '90s', tags: 'error' }), {});
});

test("every look-back of Jaeger's page is taken, said in words and asked for as Go takes it", () => {
  const taken = ['5m', '15m', '30m', '1h', '2h', '3h', '6h', '12h', '24h', '2d', '48h', '1w', '90s'];
  for (const lookback of taken) assert.equal(queryFrom(`?lookback=${lookback}`).lookback, lookback);
  assert.deepEqual(lookbacks, taken.slice(0, 10));
  assert.deepEqual(['', '1h', '30m', '2d', '1w', '90s'].map(describeLookback), [
    'all that is kept',
    'the last hour',
    'the last 30 minutes',
    'the last 2 days',
    'the last week',
    'the last 90 seconds',
  ]);
  assert.equal(searchDataUrl(queryFrom('?lookback=2d')), '/viewer/search?lookback=48h&limit=20');
  assert.equal(searchDataUrl(queryFrom('?lookback=12h')), '/viewer/search?lookback=12h&limit=20');
});

test('a time of its own outweighs a look-back, so that a link shows what its sender saw', () => {
  const { lookback, start, end } = queryFrom('?lookback=1h&start=1700000000000000&end=1700000001000000');
  assert.deepEqual(
    { lookback, start, end },
    { lookback: '', start: '1700000000000000', end: '1700000001000000' },
  );
});
