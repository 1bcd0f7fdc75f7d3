import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonPrinted } from '#workshop/check/json-printed';
import type { Observation } from '#workshop/check/observation';

test('of what a program printed, only lines that are the JSON of an object count', () => {
  const stdout = ['{"first":1}', "{ logged: 'by an attendee' }", 'text', '2', 'null', '{"last":3}'];
  const seen = { programs: new Map([['run.ts', { stdout, stderr: [] }]]) } as unknown as Observation;
  assert.deepEqual(jsonPrinted('run.ts', seen), [{ first: 1 }, { last: 3 }]);
  assert.deepEqual(jsonPrinted('another', seen), []);
});
