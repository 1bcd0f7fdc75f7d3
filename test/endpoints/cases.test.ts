/**
 * The table of cases of the interface, over every transport. Each outcome is what the published library does. The
 * variable TRACING_CASES names another file of cases.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { type Case, type Outcome, runCase } from './run-case.ts';
import { transports } from './transports.ts';

const file = process.env.TRACING_CASES ?? new URL('tracing-v2-cases.json', import.meta.url);
const { cases } = JSON.parse(await readFile(file, 'utf8')) as { cases: Case[] };

/** What this library throws where the published one lets an error of Python or of its validator through. */
const counterparts: Record<string, string> = {
  KeyError: 'DataValidationError',
  RuntimeError: 'DataAccessPermissionError',
  ValidationError: 'DataValidationError',
  ValueError: 'DataValidationError',
};

for (const [transport, createStore] of Object.entries(transports)) {
  for (const each of cases) {
    test(`${transport}: ${each.id} (${each.what})`, async (t) => {
      assert.deepEqual(runCase(each, await createStore(t)), ported(each.expect));
    });
  }
}

function ported(outcome: Outcome): Outcome {
  return JSON.parse(JSON.stringify(outcome), (key, value) =>
    key === 'error' || key === 'constructorError' ? (counterparts[value] ?? value) : value,
  );
}
