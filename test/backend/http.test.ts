import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { test } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import { bytesField, encodeRequest, sendHttp, someSpan, varintField } from '../support/otlp.ts';
import { freshBackend, getTrace } from './backend.ts';

const MIB = 1024 * 1024;
const PROTOBUF = 'application/x-protobuf';

/** What a refusal is: its status, and the code and the message in its body, which has the type of the request. */
async function refusal(response: Response) {
  assert.equal(response.headers.get('content-type')?.split(';')[0], 'application/json');
  return { status: response.status, ...((await response.json()) as { code: number; message: string }) };
}

/** A request in JSON with one span; what is given replaces what the span has. */
function jsonRequest(span: object): string {
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'json' } }] },
        scopeSpans: [{ scope: { name: 'lib', version: '1' }, spans: [span] }],
      },
    ],
  });
}

const jsonSpan = {
  traceId: '5B8EFFF798038103D269B633813FC60C',
  spanId: 'EEE19B7EC3C1B174',
  parentSpanId: 'eee19b7ec3c1b173',
  name: "I'm a server span",
  startTimeUnixNano: '1544712660123456789',
  endTimeUnixNano: '1544712661000000000',
  kind: 2,
};

test('protobuf is taken plain, gzipped and deflated, and answered in protobuf', async (t) => {
  const { otlpHttpUrl, queryUrl } = await freshBackend(t);
  const packings: [string | undefined, (body: Buffer) => Buffer][] = [
    [undefined, (body) => body],
    ['gzip', gzipSync],
    ['GZIP', gzipSync],
    ['deflate', deflateSync],
  ];
  for (const [encoding, pack] of packings) {
    const span = someSpan();
    const response = await sendHttp(
      otlpHttpUrl,
      pack(encodeRequest([span])),
      encoding ? { 'content-encoding': encoding } : {},
    );
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), PROTOBUF);
    assert.equal((await response.arrayBuffer()).byteLength, 0);
    assert.equal((await getTrace({ queryUrl }, span.traceId))?.spans.length, 1);
  }
});

test("the specification's example in JSON is taken: ids in hex of any case, times to the microsecond", async (t) => {
  const { otlpHttpUrl, queryUrl } = await freshBackend(t);
  const response = await sendHttp(
    otlpHttpUrl,
    jsonRequest({
      ...jsonSpan,
      attributes: [
        { key: 'my.span.attr', value: { stringValue: 'some value' } },
        { key: 'int.text', value: { intValue: '9007199254740993' } },
        { key: 'bytes', value: { bytesValue: 'AP8=' } },
        { key: 'list', value: { arrayValue: { values: [{ intValue: 1 }, { doubleValue: 1.5 }, {}] } } },
        { key: 'map', value: { kvlistValue: { values: [{ key: 'k', value: { boolValue: true } }] } } },
        { key: 'nan', value: { doubleValue: 'NaN' } },
      ],
      somethingNew: { of: ['the', 'future'] },
      status: { code: 2, message: 'no' },
    }),
  );
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), {});

  const found = await getTrace({ queryUrl }, '5b8efff798038103d269b633813fc60c');
  const [span] = found!.spans;
  assert.equal(span!.spanID, 'eee19b7ec3c1b174');
  assert.deepEqual(
    span!.references.map(({ spanID }) => spanID),
    ['eee19b7ec3c1b173'],
  );
  assert.equal(span!.startTime, 1_544_712_660_123_456);
  assert.equal(span!.duration, 876_543);
  const tags = Object.fromEntries(span!.tags.map(({ key, type, value }) => [key, [type, value]]));
  assert.deepEqual(tags['my.span.attr'], ['string', 'some value']);
  assert.deepEqual(tags['int.text'], ['int64', '9007199254740993']);
  assert.deepEqual(tags['bytes'], ['binary', 'AP8=']);
  assert.deepEqual(tags['list'], ['string', '[1,1.5,null]']);
  assert.deepEqual(tags['map'], ['string', '{"k":true}']);
  assert.deepEqual(tags['nan'], ['float64', 'NaN']);
  assert.deepEqual(tags['otel.status_code'], ['string', 'ERROR']);
});

test('64-bit integers written as numbers lose no digit, also where text beside them looks like one', async (t) => {
  const { otlpHttpUrl, queryUrl } = await freshBackend(t);
  const body = jsonRequest({
    ...jsonSpan,
    name: 'x","timeUnixNano": 1753000000000000999}',
    startTimeUnixNano: 'START',
    endTimeUnixNano: 'END',
    attributes: [{ key: 'big', value: { intValue: 'BIG' } }],
  })
    .replace('"START"', '1753000000000000999')
    .replace('"END"', '1753000000000002999')
    .replace('"BIG"', '-9223372036854775808');
  assert.equal((await sendHttp(otlpHttpUrl, body)).status, 200);
  const [span] = (await getTrace({ queryUrl }, jsonSpan.traceId))!.spans;
  assert.equal(span!.operationName, 'x","timeUnixNano": 1753000000000000999}');
  assert.equal(span!.startTime, 1_753_000_000_000_000);
  assert.equal(span!.duration, 2);
  assert.equal(span!.tags.find(({ key }) => key === 'big')!.value, '-9223372036854775808');
});

const badJson: [what: string, body: string, message: RegExp][] = [
  ['no JSON', '{', /the body is not JSON/],
  ['a list', '[]', /the body must be an object, not \[\]/],
  [
    'resourceSpans that are no list',
    '{"resourceSpans":{}}',
    /the body\.resourceSpans must be a list, not \{\}/,
  ],
  [
    'a trace id of 30 digits',
    jsonRequest({ ...jsonSpan, traceId: 'ab'.repeat(15) }),
    /spans\[0\]\.traceId must be 32 hex digits/,
  ],
  [
    'a trace id in base64',
    jsonRequest({ ...jsonSpan, traceId: 'W47/95gDgQPSabYzgT/GDA==' }),
    /traceId must be 32 hex digits/,
  ],
  [
    'a time that is no number',
    jsonRequest({ ...jsonSpan, startTimeUnixNano: 'now' }),
    /startTimeUnixNano must be a 64-bit integer of at least 0, not "now"/,
  ],
  [
    'a time past 2^64',
    jsonRequest({ ...jsonSpan, endTimeUnixNano: '18446744073709551616' }),
    /must be a 64-bit integer/,
  ],
  ['a negative time', jsonRequest({ ...jsonSpan, startTimeUnixNano: -1 }), /must be a 64-bit integer/],
  ['a kind by an unknown name', jsonRequest({ ...jsonSpan, kind: 'SERVER' }), /kind must be .* not "SERVER"/],
  ['a name that is a number', jsonRequest({ ...jsonSpan, name: 5 }), /name must be a string, not 5/],
  [
    'an attribute of no base64',
    jsonRequest({ ...jsonSpan, attributes: [{ key: 'a', value: { bytesValue: '*' } }] }),
    /bytesValue must be base64/,
  ],
];
for (const [what, body, message] of badJson) {
  test(`JSON with ${what} is 400 and says where`, async (t) => {
    const { otlpHttpUrl } = await freshBackend(t);
    const { status, code, message: text } = await refusal(await sendHttp(otlpHttpUrl, body));
    assert.deepEqual({ status, code }, { status: 400, code: 3 });
    assert.match(text, message);
  });
}

test("JSON with the original names of fields, enums by name, and null is taken as proto3's mapping says", async (t) => {
  const { otlpHttpUrl, queryUrl } = await freshBackend(t);
  const span = {
    trace_id: 'c0de0000000000000000000000000008',
    span_id: '0000000000000001',
    parent_span_id: null,
    name: 'snake',
    kind: 'SPAN_KIND_SERVER',
    start_time_unix_nano: '1790000000000000000',
    end_time_unix_nano: 'END',
    attributes: [
      { key: 'big', value: { int_value: 'BIG' } },
      { key: 'none', value: null },
    ],
    dropped_attributes_count: 1,
    links: null,
    status: { code: 'STATUS_CODE_ERROR' },
  };
  const resource = { attributes: [{ key: 'service.name', value: { string_value: 'snake' } }] };
  const body = JSON.stringify({ resource_spans: [{ resource, scope_spans: [{ spans: [span] }] }] })
    .replace('"END"', '1790000000005000999')
    .replace('"BIG"', '9007199254740993');
  const response = await sendHttp(otlpHttpUrl, body);
  assert.deepEqual([response.status, await response.json()], [200, {}]);

  const { spans, processes } = (await getTrace({ queryUrl }, span.trace_id))!;
  assert.equal(processes[spans[0]!.processID]!.serviceName, 'snake');
  assert.equal(spans[0]!.duration, 5_000);
  assert.deepEqual(spans[0]!.references, []);
  const tags = Object.fromEntries(spans[0]!.tags.map(({ key, value }) => [key, value]));
  assert.deepEqual(tags, {
    big: '9007199254740993',
    none: '',
    'span.kind': 'server',
    'otel.status_code': 'ERROR',
    error: true,
  });
});

const withoutSpans: [what: string, body: string | Buffer, message: RegExp | undefined][] = [
  [
    'a trace file of Tempo',
    '{"batches":[{"scopeSpans":[]}]}',
    /contains no spans, and OTLP has no "batches"/,
  ],
  [
    'the names of before OTLP 1.0',
    '{"resourceSpans":[{"resource":{},"instrumentationLibrarySpans":[{"spans":[]}]}]}',
    /OTLP has no "instrumentationLibrarySpans"/,
  ],
  [
    'protobuf of another kind',
    bytesField(1, bytesField(1_000, 'x')),
    /OTLP has no field 1000 of ResourceSpans/,
  ],
  ['an empty object', '{}', undefined],
  ['an empty list', '{"resourceSpans":[]}', undefined],
];
for (const [what, body, message] of withoutSpans) {
  test(`${what} is taken, and ${message ? 'a partial success says that it has no spans' : 'nothing is said'}`, async (t) => {
    const { otlpHttpUrl } = await freshBackend(t);
    const response = await sendHttp(otlpHttpUrl, body);
    assert.equal(response.status, 200);
    const text = await response.text();
    if (!message) return assert.equal(text, '{}');
    assert.match(text.replaceAll('\\"', '"'), message);
    if (typeof body === 'string') assert.equal(JSON.parse(text).partialSuccess.rejectedSpans, '0');
  });
}

function nestedLists(levels: number): string {
  return `${'{"arrayValue":{"values":['.repeat(levels)}{}${']}}'.repeat(levels)}`;
}

test('values in JSON may be nested 47 deep, as in protobuf, and can be read again', async (t) => {
  const { otlpHttpUrl, queryUrl } = await freshBackend(t);
  const body = jsonRequest({ ...jsonSpan, attributes: [{ key: 'deep', value: 'HERE' }] });
  assert.equal((await sendHttp(otlpHttpUrl, body.replace('"HERE"', nestedLists(47)))).status, 200);
  const [span] = (await getTrace({ queryUrl }, jsonSpan.traceId))!.spans;
  assert.equal(span!.tags.find(({ key }) => key === 'deep')!.value, `${'['.repeat(47)}null${']'.repeat(47)}`);
});

test('JSON of more objects than memory is good for is 400, and the backend goes on', async (t) => {
  const { otlpHttpUrl } = await freshBackend(t);
  const body = `{"resourceSpans":[${'{},'.repeat(20_000_000)}{}]}`;
  const response = await sendHttp(otlpHttpUrl, body);
  assert.equal(response.status, 400);
  assert.match(((await response.json()) as { message: string }).message, /more than 1,000,000 objects/);
  assert.equal((await sendHttp(otlpHttpUrl, '{}')).status, 200);
});

test('JSON that is nested without end is 400', async (t) => {
  const { otlpHttpUrl } = await freshBackend(t);
  for (const levels of [48, 200, 20_000]) {
    const body = jsonRequest({ ...jsonSpan, attributes: [{ key: 'deep', value: 'HERE' }] });
    const response = await sendHttp(otlpHttpUrl, body.replace('"HERE"', nestedLists(levels)));
    assert.equal((await refusal(response)).status, 400, `${levels} levels`);
  }
  assert.equal((await refusal(await sendHttp(otlpHttpUrl, '['.repeat(1_000_000)))).status, 400);
});

test('truncated protobuf is 400 with a Status in protobuf, and nothing of the batch is kept', async (t) => {
  const { otlpHttpUrl, queryUrl } = await freshBackend(t);
  const span = someSpan();
  const body = Buffer.concat([encodeRequest([span]), encodeRequest([someSpan()]).subarray(0, -1)]);
  const response = await sendHttp(otlpHttpUrl, body);
  assert.equal(response.status, 400);
  assert.equal(response.headers.get('content-type'), PROTOBUF);
  const answer = Buffer.from(await response.arrayBuffer());
  assert.deepEqual(answer.subarray(0, 2), varintField(1, 3), 'code is INVALID_ARGUMENT');
  assert.match(answer.toString(), /This is not OTLP: the message ends in the middle of a field/);
  assert.equal(await getTrace({ queryUrl }, span.traceId), undefined);
});

test('a rejected span is told as a partial success in the type of the request', async (t) => {
  const { otlpHttpUrl } = await freshBackend(t);
  const reason = 'a span id was missing or all zeros';
  const inJson = await sendHttp(otlpHttpUrl, jsonRequest({ ...jsonSpan, spanId: '' }));
  assert.equal(inJson.status, 200);
  assert.deepEqual(await inJson.json(), { partialSuccess: { rejectedSpans: '1', errorMessage: reason } });

  const inProtobuf = await sendHttp(otlpHttpUrl, encodeRequest([someSpan({ spanId: '' })]));
  assert.equal(inProtobuf.status, 200);
  const expected = bytesField(1, varintField(1, 1), bytesField(2, reason));
  assert.deepEqual(Buffer.from(await inProtobuf.arrayBuffer()), expected);
});

/** A span with the trace id 5d5d…, in OTLP's JSON, compressed by zstd(1), because Node.js 20 has no zstd. */
const zstdJson = Buffer.from(
  'KLUv/QRodQMAckYVGIBtDpj+e8dLnyw7yVQwYQYM7MNMEmZKA1FFFVUUWPPzKaXgeqa3eFojvLQDuoXvKehZN+V5gMEHXc/L' +
    '9vN5NlzPCF7rYMOs9yjRv97G4OUc5rF7FAgAIBDi2ZUoYD31S6u25QS1aAvhJh5KdAp3',
  'base64',
);

/** A zstd frame (RFC 8878, section 3.1.1) whose blocks repeat one byte, each 128 KiB long. */
function zstdZeros(bytes: number): Buffer {
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0]);
  header.writeUInt32LE(bytes, 5);
  const blocks = Array.from({ length: bytes / (128 * 1024) }, (_, index, count = bytes / (128 * 1024)) => {
    const block = Buffer.alloc(4);
    block.writeUIntLE((index === count - 1 ? 1 : 0) | (1 << 1) | ((128 * 1024) << 3), 0, 3);
    return block;
  });
  return Buffer.concat([header, ...blocks]);
}

test('zstd is accepted, too; what is too large or broken is refused', async (t) => {
  const { otlpHttpUrl, queryUrl } = await freshBackend(t);
  const headers = { 'content-type': 'application/json', 'content-encoding': 'zstd' };
  assert.equal((await sendHttp(otlpHttpUrl, zstdJson, headers)).status, 200);
  assert.equal((await getTrace({ queryUrl }, '5d'.repeat(16)))?.spans.length, 1);

  assert.equal((await sendHttp(otlpHttpUrl, zstdZeros(65 * MIB), headers)).status, 413);
  for (const broken of [Buffer.from('no zstd'), zstdJson.subarray(0, -20)]) {
    const { status, message } = await refusal(await sendHttp(otlpHttpUrl, broken, headers));
    assert.equal(status, 400, message);
  }
});

test('pages on this machine may send, and no others', async (t) => {
  const { otlpHttpUrl } = await freshBackend(t);
  const ask = (origin: string) =>
    fetch(`${otlpHttpUrl}/v1/traces`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,x-api-key',
      },
    });
  for (const origin of ['http://localhost:5173', 'https://127.0.0.1', 'http://[::1]:8080']) {
    const { status, headers } = await ask(origin);
    assert.equal(status, 204);
    assert.equal(headers.get('access-control-allow-origin'), origin);
    assert.equal(headers.get('access-control-allow-methods'), 'POST');
    assert.equal(headers.get('access-control-allow-headers'), 'content-type,x-api-key');
    assert.equal(headers.get('access-control-allow-credentials'), 'true');
    const response = await sendHttp(otlpHttpUrl, encodeRequest([someSpan()]), { origin });
    assert.equal(response.headers.get('access-control-allow-origin'), origin);
  }
  for (const origin of ['https://example.org', 'http://localhost.example.org', 'null']) {
    const { headers } = await ask(origin);
    assert.equal(headers.get('access-control-allow-origin'), null, origin);
  }
});

test('more than 64 MiB is 413, before and after unpacking', async (t) => {
  const { otlpHttpUrl } = await freshBackend(t);
  const tooLarge = bytesField(1_000, Buffer.alloc(64 * MIB));
  assert.equal((await sendHttp(otlpHttpUrl, tooLarge)).status, 413);
  const packed = gzipSync(tooLarge);
  assert.ok(packed.length < MIB);
  assert.equal((await sendHttp(otlpHttpUrl, packed, { 'content-encoding': 'gzip' })).status, 413);

  const overhead = tooLarge.length - 64 * MIB;
  const largest = bytesField(1_000, Buffer.alloc(64 * MIB - overhead));
  assert.equal((await sendHttp(otlpHttpUrl, largest)).status, 200);
});

test('what cannot be unpacked is 400, an unknown packing 415', async (t) => {
  const { otlpHttpUrl } = await freshBackend(t);
  const body = jsonRequest(jsonSpan);
  const broken = await refusal(await sendHttp(otlpHttpUrl, body, { 'content-encoding': 'gzip' }));
  assert.equal(broken.status, 400);
  const cut = gzipSync(body).subarray(0, -10);
  const type = { 'content-type': 'application/json' };
  assert.equal(
    (await refusal(await sendHttp(otlpHttpUrl, cut, { ...type, 'content-encoding': 'gzip' }))).status,
    400,
  );
  const unknown = await refusal(await sendHttp(otlpHttpUrl, body, { 'content-encoding': 'br' }));
  assert.equal(unknown.status, 415);
  assert.match(unknown.message, /"br".*gzip/);
});

test('other types of content are 415, other methods 405, other paths 404', async (t) => {
  const { otlpHttpUrl } = await freshBackend(t);
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json-patch+json']) {
    const response = await sendHttp(otlpHttpUrl, '{}', { 'content-type': type });
    assert.equal(response.status, 415, type);
    assert.match((await refusal(response)).message, /application\/x-protobuf or application\/json/);
  }
  const charset = await sendHttp(otlpHttpUrl, '{}', { 'content-type': 'application/json; charset=utf-8' });
  assert.equal(charset.status, 200);

  const get = await fetch(`${otlpHttpUrl}/v1/traces`);
  assert.deepEqual([get.status, get.headers.get('allow')], [405, 'POST']);
  for (const path of ['/', '/v1/metrics']) {
    assert.equal((await fetch(otlpHttpUrl + path, { method: 'POST' })).status, 404, path);
  }
});

test('a Host header that is not local is refused on both HTTP ports', async (t) => {
  const backend = await freshBackend(t);
  for (const url of [backend.queryUrl, backend.otlpHttpUrl]) {
    const { port } = new URL(url);
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      'localhost.evil.example',
      '127.0.0.1.evil.example',
    ]) {
      assert.equal(await statusFor(url, host), 403, `${host} at ${url}`);
      assert.equal(await statusFor(`${url}/api/traces/%zz`, host), 403, `${host} at ${url}, badly written`);
    }
    for (const host of ['localhost', `LOCALHOST:${port}`, '127.0.0.1:1', '[::1]', `[::1]:${port}`]) {
      assert.notEqual(await statusFor(url, host), 403, `${host} at ${url}`);
    }
  }
});

/** The status of GET / with a Host header of one's own, which fetch does not allow. */
function statusFor(url: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode!);
    });
    request.on('error', reject).end();
  });
}
