import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { parseTraceParent } from '@opentelemetry/core';
import fc from 'fast-check';
import { readTraceparent } from '#workshop/check/traceparent';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const parentId = 'b7ad6b7169203331';
const faultOf = (text: string) => {
  const read = readTraceparent(text);
  return 'fault' in read ? read.fault : undefined;
};

test('the example of the W3C specification is parsed field by field', () => {
  assert.deepEqual(readTraceparent(`00-${traceId}-${parentId}-01`), { traceId, parentId, sampled: true });
  assert.deepEqual(readTraceparent(`00-${traceId}-${parentId}-00`), { traceId, parentId, sampled: false });
});

test('only the lowest bit of the flags decides whether the trace is sampled', () => {
  assert.deepEqual(readTraceparent(`00-${traceId}-${parentId}-02`), { traceId, parentId, sampled: false });
  assert.deepEqual(readTraceparent(`00-${traceId}-${parentId}-03`), { traceId, parentId, sampled: true });
});

const faults: [why: string, text: string, fault: RegExp][] = [
  [
    'an id that is too short',
    `00-${traceId.slice(1)}-${parentId}-01`,
    /has a trace-id of 31 characters instead of 32/,
  ],
  ['ids that are swapped', `00-${parentId}-${traceId}-01`, /two ids swapped/],
  ['a trace id of zeros', `00-${'0'.repeat(32)}-${parentId}-01`, /trace-id of all zeros/],
  ['a parent id of zeros', `00-${traceId}-${'0'.repeat(16)}-01`, /parent-id of all zeros/],
  [
    'uppercase letters',
    `00-${traceId.toUpperCase()}-${parentId}-01`,
    /has a trace-id with uppercase letters/,
  ],
  [
    'a character that is not hexadecimal',
    `00-${traceId}-${parentId.replace('b', 'g')}-01`,
    /has a parent-id with characters that are not hexadecimal/,
  ],
  ['flags of one digit', `00-${traceId}-${parentId}-1`, /has flags of 1 character instead of 2/],
  ['a field that is missing', `${traceId}-${parentId}-01`, /does not consist of four fields/],
  ['no content', '', /does not consist of four fields/],
  ['the forbidden version', `ff-${traceId}-${parentId}-01`, /version ff/],
  ['two values', `00-${traceId}-${parentId}-01, 00-${traceId}-${parentId}-01`, /contains two values/],
];
for (const [why, text, fault] of faults) {
  test(`a traceparent with ${why} is invalid, and the fault says so`, () =>
    assert.match(faultOf(text) ?? 'none', fault));
}

/** An id, valid or not. */
const hex = (bytes: number) =>
  fc.oneof(
    fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((array) => Buffer.from(array).toString('hex')),
    fc.constant('0'.repeat(2 * bytes)),
    fc.constant(randomBytes(bytes).toString('hex').toUpperCase()),
    fc.string({ maxLength: 2 * bytes + 1 }),
  );

test('a traceparent is valid if and only if it is valid for OpenTelemetry', () => {
  const header = fc
    .tuple(fc.constantFrom('00', 'ff', '0'), hex(16), hex(8), hex(1))
    .map((fields) => fields.join('-'));
  fc.assert(
    fc.property(header, (text) => {
      assert.equal(faultOf(text) === undefined, parseTraceParent(text) !== null, text);
    }),
  );
});
