import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { idsIn, normalize } from '#tools/docs/normalize';

const same = (a: string, b: string) => assert.equal(normalize(a), normalize(b));
const different = (a: string, b: string) => assert.notEqual(normalize(a), normalize(b));

/** Any id of that many bytes. */
const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((id) => Buffer.from(id).toString('hex'));

const waterfall = `
bands-api: GET /bands/:id  396 ms · 3 spans · 2 services · no errors

service      span                 start  duration  0          396 ms
bands-api    GET /bands/:id           0    396 ms  █████████████████
             │ ! parent 9b559cbc83a1a373 is in no span: the caller is not traced
reviews-api  └ GET /reviews     +2.1 ms    361 ms   ▐██████████████▌
reviews-api    └ read review     +22 ms     85 µs   ▐
`;

test('two runs that differ only in times, ids and bars are the same', () => {
  same(
    waterfall,
    `
bands-api: GET /bands/:id  1.396 s · 3 spans · 2 services · no errors

service      span               start  duration  0            1.396 s
bands-api    GET /bands/:id         0   1.396 s  ███████████████████
             │ ! parent 0123456789abcdef is in no span: the caller is not traced
reviews-api  └ GET /reviews         0    361 ms  ▐██████▌
reviews-api    └ read review   +22 ms    1.2 ms  ▐█
`,
  );
});

test('a span more, another name, another depth and an error each make a difference', () => {
  const last = 'reviews-api    └ read review     +22 ms     85 µs   ▐\n';
  different(waterfall, waterfall + last);
  different(waterfall, waterfall.replace('read review', 'write review'));
  different(waterfall, waterfall.replace('    └ read', '  └ read'));
  different(waterfall, waterfall.replace('no errors', '✗ 1 error'));
});

test('only on a busy machine: short gaps and contradicting clocks are left out, also where their note goes on below', () => {
  const note = (text: string) =>
    waterfall.replace('reviews-api    └', `                 ${text}\nreviews-api    └`);
  same(waterfall, note('│ ░ 460 ms in which nothing below it runs'));
  same(waterfall, note('│ ! ends 3.0 ms after its parent: nobody waited for it, or the clocks'));
  same(
    waterfall,
    note(
      '│ ! ends 3.0 ms after its parent: nobody waited\n                 │   for it, or the clocks differ',
    ),
  );
  same(
    `Using the backend\n${waterfall}`,
    `Using the backend\nStill waiting after 10 s: bands-api has not responded.\n${waterfall}`,
  );
  same('mergedDigests  23 ms (p49.9)  53 ms (p95)', 'mergedDigests    23 ms (p50)  54 ms (p95.1)');
  different(waterfall, note('│ ░ 5.022 s in which nothing below it runs'));
  different(waterfall, note('│ ! claims to be its own parent'));
});

test('clocks, free ports, process ids and dates in names vary, other numbers do not', () => {
  same('12:59:58 info ready', '03:01:02 info ready');
  same('Port 8000 is used by node (process 4711)', 'Port 8000 is used by node (process 12)');
  same('http://localhost:41234/x', 'http://127.0.0.1:60999/x'.replace('127.0.0.1', 'localhost'));
  same('.workshop/saved/2026-11-21T10-18-37', '.workshop/saved/2027-01-01T00-00-00-123');
  different('Port 8000', 'Port 8001');
  different('http://localhost:8000', 'http://localhost:8080');
  different('8 spans', '9 spans');
  different('status 400', 'status 500');
  different('3 h 2 min left for 10 people', '3 h 2 min left for 12 people');
});

test('whether two ids or dates are the same is kept', () => {
  const [a, b] = ['4990d09f-e7f8-4dc7-ace3-f617905e9b8d', '331233a6-f59c-4010-8d2b-80ae9f89f3e5'];
  same(`${a} ${a}`, `${b} ${b}`);
  different(`${a} ${a}`, `${a} ${b}`);
  same('2026-11-21T10:24:27.383Z', '2026-11-21T10:24:28Z');
  different(
    '2026-11-21T10:24:27.383Z 2026-11-21T10:24:27.383Z',
    '2026-11-21T10:24:27.383Z 2026-11-21T10:24:28.383Z',
  );
});

test('an id of zeros is no other id', () => {
  different('0'.repeat(32), '4bf92f3577b34da6a3ce929d0e0e4736');
  assert.deepEqual(idsIn(`trace ${'0'.repeat(32)}`)['trace id'], []);
});

test('services that start side by side may be ready in any order, and nothing else may', () => {
  same(
    'bands-api is ready after 1.1 s\nreviews-api is ready after 0.9 s\nUsing both',
    'reviews-api is ready after 2.0 s\nbands-api is ready after 2.2 s\nUsing both',
  );
  different('Using both\nbands-api is ready after 1.1 s', 'bands-api is ready after 1.1 s\nUsing both');
});

test('indentation counts, the width of columns does not', () => {
  different('{\n    "a": 1\n}', '{\n  "a": 1\n}');
  same('name      value', 'name  value');
});

test('whatever ids a text holds, others in their places make the same text', () => {
  const ids = fc.tuple(hex(16), hex(16)).filter(([a, b]) => a !== b && !/^0+$/.test(a) && !/^0+$/.test(b));
  fc.assert(
    fc.property(ids, ids, fc.array(fc.constantFrom('A', 'B', 'x ', '\n')), (some, others, words) => {
      const text = (pair: string[]) =>
        words.join('').replaceAll('A', `${pair[0]} `).replaceAll('B', `${pair[1]} `);
      same(text(some), text(others));
    }),
  );
});

test('what is normalized already stays as it is', () => {
  assert.equal(normalize(normalize(waterfall)), normalize(waterfall));
});
