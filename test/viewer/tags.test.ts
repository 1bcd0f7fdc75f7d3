import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { answerUrl, parametersOf, queryFrom } from '#workshop/viewer/search/query';
import { formatTags, parseTags } from '#workshop/viewer/search/tags';

test('tags are key=value, with quotes around what has spaces', () => {
  assert.deepEqual(parseTags('error=true http.route="/bands/:id with space" empty= q="say \\"hi\\""'), {
    tags: { error: 'true', 'http.route': '/bands/:id with space', empty: '', q: 'say "hi"' },
  });
  assert.deepEqual(parseTags('  '), { tags: {} });
});

test('what is no tag is answered with how to write one', () => {
  assert.deepEqual(parseTags('error'), {
    problem: 'Write tags as key=value, with quotes around a value with spaces; error is none.',
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
  assert.equal(answerUrl(queryFrom('')), '/viewer/search?limit=20');
});

test('parameters that make no sense count as not there', () => {
  const { lookback, limit, start, tags } = queryFrom('?lookback=7y&limit=-3&start=x&tags=%7Bbroken');
  assert.deepEqual({ lookback, limit, start, tags }, { lookback: '', limit: '20', start: '', tags: '' });
});

test('a time of its own outweighs a look-back, so that a link shows what its sender saw', () => {
  const { lookback, start, end } = queryFrom('?lookback=1h&start=1700000000000000&end=1700000001000000');
  assert.deepEqual(
    { lookback, start, end },
    { lookback: '', start: '1700000000000000', end: '1700000001000000' },
  );
});
