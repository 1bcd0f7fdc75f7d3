import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MalformedError, readSpanRequest } from '#workshop/backend/otlp/arrival';
import { readResource, readScope, readSpan } from '#workshop/backend/otlp/span';
import type { Span } from '#workshop/trace/model';
import fc from 'fast-check';
import {
  bytesField,
  encodeRequest,
  encodeSpan,
  encodeValue,
  fixed64Field,
  someSpan,
  someTraceId,
  tag,
  varint,
  varintField,
} from '../support/otlp.ts';

/** All spans of a request, read to the last attribute. */
function readAll(request: Buffer): Span[] {
  return readSpanRequest(request).groups.flatMap(({ resource, scope, items }) =>
    items.map(({ bytes, traceId }) => readSpan(bytes, traceId, readResource(resource), readScope(scope))),
  );
}

const fullSpan = someSpan({
  parentId: '0102030405060708',
  traceState: 'vendor=1',
  attributes: {
    a: 'text',
    b: true,
    c: -5n,
    d: 1.5,
    e: [1n, 'x', null],
    f: { g: { h: 'deep' } },
    i: Buffer.from([0, 255]),
    j: 2,
    k: 2n ** 53n + 1n,
  },
  events: [{ name: 'exception', timeNs: 5n, attributes: { 'exception.message': 'no' } }],
  links: [{ traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) }],
  status: { code: 2, message: 'no' },
});
const fullRequest = encodeRequest([fullSpan], {
  resource: { 'service.name': 'x' },
  scope: { name: 'lib', version: '1' },
});

test('a span has all that was sent', () => {
  const [span] = readAll(fullRequest);
  assert.deepEqual(span, {
    traceId: fullSpan.traceId,
    spanId: fullSpan.spanId,
    parentId: '0102030405060708',
    name: 'GET /bands/:id',
    service: 'x',
    kind: 'server',
    startUs: Number(fullSpan.startNs! / 1_000n),
    durationUs: 1_000,
    error: true,
    statusMessage: 'no',
    traceState: 'vendor=1',
    scope: 'lib',
    scopeVersion: '1',
    attributes: {
      a: 'text',
      b: true,
      c: -5,
      d: 1.5,
      e: '[1,"x",null]',
      f: '{"g":{"h":"deep"}}',
      i: 'AP8=',
      j: 2,
      k: '9007199254740993',
    },
    types: new Map([
      ['i', 'binary'],
      ['j', 'float64'],
      ['k', 'int64'],
    ]),
    events: [{ name: 'exception', timeUs: 0, attributes: { 'exception.message': 'no' } }],
    links: [{ traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) }],
    resource: {},
    warnings: [],
  });
});

test('a span has what few spans have: attributes of links and of the scope, and what was dropped', () => {
  const attribute = (key: string) => Buffer.concat([bytesField(1, key), bytesField(2, encodeValue(key))]);
  const link = bytesField(
    13,
    bytesField(1, Buffer.alloc(16, 1)),
    bytesField(2, Buffer.alloc(8, 1)),
    bytesField(4, attribute('reason')),
  );
  const counts = Buffer.concat([varintField(10, 3), varintField(12, 7), varintField(14, 1)]);
  const span = Buffer.concat([encodeSpan(someSpan()), link, counts]);
  const scopeSpans = [bytesField(1, bytesField(3, attribute('scoped'))), bytesField(2, span)];
  const [read] = readAll(bytesField(1, bytesField(2, ...scopeSpans)));
  assert.deepEqual(read!.links[0]!.attributes, { reason: 'reason' });
  assert.deepEqual(read!.dropped, { attributes: 3, events: 7, links: 1 });
  assert.deepEqual(read!.scopeAttributes, { scoped: 'scoped' });
});

test('a request that is cut off anywhere is refused', () => {
  for (let length = 1; length < fullRequest.length; length++) {
    assert.throws(
      () => readSpanRequest(fullRequest.subarray(0, length)),
      MalformedError,
      `cut off at ${length}`,
    );
  }
});

/** Reads whatever bytes: they are refused, or all of them can be read. */
function readOrRefuse(bytes: Buffer): void {
  try {
    readSpanRequest(bytes);
  } catch (error) {
    assert.ok(error instanceof MalformedError, `${bytes.toString('hex')}: ${String(error)}`);
    return;
  }
  readAll(bytes);
}

test('a request with any single byte changed is refused or can be read', () => {
  for (let at = 0; at < fullRequest.length; at++) {
    for (const byte of [0x00, 0x01, 0x07, 0x0b, 0x0f, 0x7f, 0x80, 0xff]) {
      const changed = Buffer.from(fullRequest);
      changed[at] = byte;
      readOrRefuse(changed);
    }
  }
});

test('a request with random bytes changed, inserted, and removed is refused or can be read', () => {
  const change = fc.record({
    at: fc.nat({ max: fullRequest.length }),
    removed: fc.nat({ max: 3 }),
    inserted: fc.uint8Array({ maxLength: 12 }),
  });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      let bytes = fullRequest;
      for (const { at, removed, inserted } of changes)
        bytes = Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + removed)]);
      readOrRefuse(bytes);
    }),
    { numRuns: 20_000 },
  );
});

test('unknown fields are skipped, whatever their type', () => {
  const unknown = Buffer.concat([
    varintField(100, 2n ** 64n - 1n),
    fixed64Field(101, 1n),
    bytesField(102, 'future'),
    Buffer.concat([tag(103, 5), Buffer.alloc(4)]),
    Buffer.concat([tag(104, 3), varintField(1, 1), tag(105, 3), tag(105, 4), tag(104, 4)]),
  ]);
  const span = Buffer.concat([unknown, encodeSpan(someSpan({ name: 'known' })), unknown]);
  const request = Buffer.concat([unknown, encodeRequest([span]), unknown]);
  assert.deepEqual(
    readAll(request).map(({ name }) => name),
    ['known'],
  );
});

const refusals: [what: string, request: Buffer, message: RegExp][] = [
  [
    'a known field of another type',
    encodeRequest([varintField(1, 5)]),
    /field 1 of Span has wire type 0, not 2/,
  ],
  [
    'a trace id of 15 bytes',
    encodeRequest([bytesField(1, Buffer.alloc(15))]),
    /field 1 of Span has 15 bytes, not 16/,
  ],
  [
    'a span id of 9 bytes',
    encodeRequest([bytesField(2, Buffer.alloc(9))]),
    /field 2 of Span has 9 bytes, not 8/,
  ],
  [
    'a parent id of 1 byte',
    encodeRequest([bytesField(4, Buffer.alloc(1))]),
    /field 4 of Span has 1 bytes, not 8/,
  ],
  [
    'a link to a trace id of 3 bytes',
    encodeRequest([bytesField(13, bytesField(1, Buffer.alloc(3)))]),
    /field 1 of Link has 3 bytes/,
  ],
  ['wire type 6', Buffer.from([0x66, 0x00]), /invalid wire type 6/],
  ['a group that ends without a begin', tag(104, 4), /wire type 4/],
  ['a group that does not end', Buffer.concat([tag(104, 3), varintField(1, 1)]), /ends in the middle/],
  [
    'a number of 11 bytes',
    encodeRequest([Buffer.concat([tag(6, 0), Buffer.alloc(10, 0x80), Buffer.from([1])])]),
    /has 11 bytes/,
  ],
  ['a length past the end', Buffer.concat([tag(1, 2), varint(1_000n)]), /ends in the middle/],
];
for (const [what, request, message] of refusals) {
  test(`${what} is refused in words`, () => {
    assert.throws(
      () => readSpanRequest(request),
      (error) => error instanceof MalformedError && message.test(error.message),
    );
  });
}

test('values and groups that are nested too deep are refused before the stack is exhausted', () => {
  let value = encodeValue('deep');
  for (let depth = 0; depth < 5_000; depth++) value = bytesField(5, bytesField(1, value));
  const request = encodeRequest([bytesField(9, bytesField(1, 'key'), bytesField(2, value))]);
  assert.throws(() => readSpanRequest(request), /deep/);

  const groups = Buffer.concat(Array.from({ length: 100_000 }, () => tag(100, 3)));
  assert.throws(() => readSpanRequest(groups), /depth/);
});

test('a span without an end is read without a duration, and with a warning that says so', () => {
  const span = { traceId: someTraceId(), spanId: '01'.repeat(8), startNs: 5_000_000n };
  const [read] = readAll(encodeRequest([span]));
  assert.equal(read!.startUs, 5_000);
  assert.equal(read!.durationUs, 0);
  assert.equal(read!.missingTimes, 'end');
  assert.ok(read!.warnings.includes('has no end: it was sent before it ended'));
});
