import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadSync, type MessageTypeDefinition } from '@grpc/proto-loader';
import { exportRequest } from '#workshop/backend/otlp/layout';
import { checkRequest, readSpans } from '#workshop/backend/otlp/spans';
import { BYTES, FIXED64, type Layout, MalformedError, VARINT } from '#workshop/backend/otlp/wire';
import {
  bytesField,
  encodeRequest,
  encodeSpan,
  encodeValue,
  fixed64Field,
  someSpan,
  tag,
  varint,
  varintField,
} from '../support/otlp.ts';

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
  },
  events: [{ name: 'exception', timeNs: 5n, attributes: { 'exception.message': 'no' } }],
  links: [{ traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) }],
  status: { code: 2, message: 'no' },
});
const fullRequest = encodeRequest([fullSpan], {
  resource: { 'service.name': 'x' },
  scope: { name: 'lib', version: '1' },
});

test('a request with everything in it is read to the end', () => {
  checkRequest(fullRequest);
  const names: string[] = [];
  readSpans(
    fullRequest,
    () => {},
    (span) => names.push(fullRequest.toString('utf8', span.name.from, span.name.to)),
  );
  assert.deepEqual(names, ['GET /bands/:id']);
});

test('a request that is cut off anywhere is refused', () => {
  for (let length = 1; length < fullRequest.length; length++) {
    assert.throws(
      () => checkRequest(fullRequest.subarray(0, length)),
      MalformedError,
      `cut off at ${length}`,
    );
  }
});

test('no change of a single byte makes the check loop, crash or let a span through that cannot be read', () => {
  for (let at = 0; at < fullRequest.length; at++) {
    for (const byte of [0x00, 0x01, 0x07, 0x0b, 0x0f, 0x7f, 0x80, 0xff]) {
      const changed = Buffer.from(fullRequest);
      changed[at] = byte;
      try {
        checkRequest(changed);
      } catch (error) {
        assert.ok(error instanceof MalformedError, `byte ${at} as ${byte}: ${String(error)}`);
        continue;
      }
      readSpans(
        changed,
        () => {},
        () => {},
      );
    }
  }
});

test('fields that are not known are passed over, whatever their type', () => {
  const unknown = Buffer.concat([
    varintField(100, 2n ** 64n - 1n),
    fixed64Field(101, 1n),
    bytesField(102, 'future'),
    Buffer.concat([tag(103, 5), Buffer.alloc(4)]),
    Buffer.concat([tag(104, 3), varintField(1, 1), tag(105, 3), tag(105, 4), tag(104, 4)]),
  ]);
  const span = Buffer.concat([unknown, encodeSpan(someSpan({ name: 'known' })), unknown]);
  const request = Buffer.concat([unknown, encodeRequest([span]), unknown]);
  checkRequest(request);
  let seen = 0;
  readSpans(
    request,
    () => {},
    () => seen++,
  );
  assert.equal(seen, 1);
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
  ['field number 0', Buffer.from([0x02, 0x00]), /number that fields cannot have/],
  ['a field number past 2^29', varint(2n ** 32n), /number that fields cannot have/],
  ['wire type 6', Buffer.from([0x66, 0x00]), /unknown wire type 6/],
  ['a group that ends without a begin', tag(104, 4), /wire type 4/],
  ['a group that does not end', Buffer.concat([tag(104, 3), varintField(1, 1)]), /ends in the middle/],
  [
    'a number of 11 bytes',
    Buffer.concat([tag(100, 0), Buffer.alloc(10, 0x80), Buffer.from([1])]),
    /more than 10 bytes/,
  ],
  ['a length past the end', Buffer.concat([tag(1, 2), varint(1_000n)]), /ends in the middle/],
  ['a length of 2^32 and more', Buffer.concat([tag(1, 2), varint(2n ** 32n)]), /ends in the middle|bytes/],
];
for (const [what, request, message] of refusals) {
  test(`${what} is refused in words`, () => {
    assert.throws(
      () => checkRequest(request),
      (error) => error instanceof MalformedError && message.test(error.message),
    );
  });
}

test('values and groups that lie too deep in each other are refused before the stack is exhausted', () => {
  let value = encodeValue('deep');
  for (let depth = 0; depth < 5_000; depth++) value = bytesField(5, bytesField(1, value));
  const request = encodeRequest([bytesField(9, bytesField(1, 'key'), bytesField(2, value))]);
  assert.throws(() => checkRequest(request), /deep/);

  const groups = Buffer.concat(Array.from({ length: 100_000 }, () => tag(100, 3)));
  assert.throws(() => checkRequest(groups), /deep/);
});

test('the layouts that are checked are those of trace.proto', () => {
  const file = fileURLToPath(
    import.meta.resolve('#workshop/backend/start').replace('start.ts', 'otlp/trace.proto'),
  );
  const definitions = loadSync(file);
  const messages = new Map<string, Descriptor>();
  const collect = (message: Descriptor) => {
    messages.set(message.name, message);
    message.nestedType.forEach(collect);
  };
  for (const definition of Object.values(definitions)) {
    if ('type' in definition)
      collect((definition as MessageTypeDefinition<object, object>).type as Descriptor);
  }

  const compared = new Set<Layout>();
  const compare = (layout: Layout) => {
    if (compared.has(layout)) return;
    compared.add(layout);
    const { field: fields } = messages.get(layout.name)!;
    const numbers = layout.fields.flatMap((field, number) => (field ? [number] : []));
    assert.deepEqual(
      numbers,
      fields.map(({ number }) => number).toSorted((a, b) => a - b),
      layout.name,
    );
    for (const { name, number, type, typeName } of fields) {
      const field = layout.fields[number]!;
      assert.equal(field.wireType, wireTypes[type], `${layout.name}.${name}`);
      const message = type === 'TYPE_MESSAGE' ? typeName.split('.').at(-1) : undefined;
      assert.equal(field.message?.name, message, `${layout.name}.${name}`);
      if (field.message) compare(field.message);
    }
  };
  compare(exportRequest);
  assert.equal(compared.size, 13);
});

/** What of a DescriptorProto is looked at. */
interface Descriptor {
  name: string;
  field: { name: string; number: number; type: string; typeName: string }[];
  nestedType: Descriptor[];
}

const wireTypes: Record<string, number> = {
  TYPE_BYTES: BYTES,
  TYPE_STRING: BYTES,
  TYPE_MESSAGE: BYTES,
  TYPE_FIXED64: FIXED64,
  TYPE_DOUBLE: FIXED64,
  TYPE_ENUM: VARINT,
  TYPE_BOOL: VARINT,
  TYPE_INT64: VARINT,
};
