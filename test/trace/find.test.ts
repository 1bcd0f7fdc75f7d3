import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spanFinder } from '#workshop/trace/find';
import { span } from './spans.ts';

const spans = [
  span('s1', {
    name: 'GET /reviews',
    service: 'reviews-api',
    kind: 'server',
    attributes: { 'http.route': '/reviews', 'http.response.status_code': 200 },
  }),
  span('s2', {
    name: 'get reviews',
    attributes: { 'band.id': '553be815' },
    resource: { 'host.name': 'read-only-host' },
  }),
  span('s3', {
    name: 'read review',
    service: 'reviews-api',
    error: true,
    statusMessage: 'Disk Full',
    attributes: { path: 'a "b" c' },
  }),
  span('s4', {
    name: 'read review',
    service: 'reviews-api',
    events: [{ name: 'cache miss', timeUs: 1, attributes: { 'cache.key': 'k=1' } }],
  }),
];

function found(query: string): string[] | undefined {
  const isFound = spanFinder(query);
  return isFound && spans.filter(isFound).map(({ spanId }) => spanId);
}

test('a span must contain every word, in any field', () => {
  assert.deepEqual(found('read review'), ['s3', 's4']);
  assert.deepEqual(found('review reviews-api'), ['s1', 's3', 's4']);
  assert.deepEqual(found('GET REVIEWS'), ['s1', 's2']);
});

test('quotes make several words one, and a word after a minus must not occur', () => {
  assert.deepEqual(found('"get reviews"'), ['s2']);
  assert.deepEqual(found('review -read'), ['s1', 's2']);
  assert.deepEqual(found('-"read review"'), ['s1', 's2']);
});

test('key=value requires an attribute with exactly this value, on the span, an event, or the resource', () => {
  assert.deepEqual(found('http.route=/reviews'), ['s1']);
  assert.deepEqual(found('http.route=/review'), []);
  assert.deepEqual(found('http.response.status_code=200'), ['s1']);
  assert.deepEqual(found('cache.key="k=1"'), ['s4']);
  assert.deepEqual(found('host.name=read-only-host'), ['s2']);
  assert.deepEqual(found('path="a \\"b\\" c"'), ['s3']);
  assert.deepEqual(found('-service=reviews-api'), ['s2']);
});

test('service, name, kind, id, and error work like attributes', () => {
  assert.deepEqual(found('service=bands-api'), ['s2']);
  assert.deepEqual(found('kind=server'), ['s1']);
  assert.deepEqual(found('name="read review"'), ['s3', 's4']);
  assert.deepEqual(found('id=s2'), ['s2']);
  assert.deepEqual(found('error=true read'), ['s3']);
});

test('a word is found in the status, an event, an attribute key, and the id, but not in the resource', () => {
  assert.deepEqual(found('disk'), ['s3']);
  assert.deepEqual(found('cache'), ['s4']);
  assert.deepEqual(found('band.id'), ['s2']);
  assert.deepEqual(found('S2'), ['s2']);
  assert.deepEqual(found('read-only-host'), []);
});

test('an empty text finds nothing, and incomplete input does not throw', () => {
  assert.equal(found(''), undefined);
  assert.equal(found('  '), undefined);
  for (const half of ['"', '-', 'a=', '=', '"get', 'toString=', '__proto__=x', '\\'])
    assert.ok(found(half) ?? true);
  assert.deepEqual(found('"get rev'), ['s2']);
});
