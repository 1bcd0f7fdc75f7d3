import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runScript } from '../support/process.ts';

test('weather: an invalid number is refused with one sentence', async (t) => {
  for (const [flag, value] of [
    ['--delay', '45O'],
    ['--error-rate', ''],
    ['--jitter', 'much'],
  ] as const) {
    const { code, stderr } = await runScript(t, 'workshop/command.ts', ['weather', `${flag}=${value}`]);
    assert.equal(code, 2);
    assert.equal(stderr, `${flag} needs a number, not "${value}".\n`);
  }
});

test('weather: in a working copy without social-api, what to do', async (t) => {
  const { code, stderr } = await runScript(t, 'workshop/command.ts', ['weather']);
  assert.equal(code, 1);
  assert.match(stderr, /^The working copy has no social-api: npm run step 16\/start puts it there\.\n$/);
});
