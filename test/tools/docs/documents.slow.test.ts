import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPatch } from 'diff';
import { renewAll } from '#tools/docs/renew-all';
import { projectPaths } from '#tools/project-files';
import { listSteps } from '#workshop/course/list';
import { brokerMissing, startBroker } from '../../support/broker.ts';
import { unobservable } from '../../support/observed.ts';

// documents.test.ts takes most outputs from the observations of the steps; here every command runs.
const documents = (await projectPaths()).filter((path) => /^(steps\/.*\/)?README\.md$/.test(path)).toSorted();
if (!brokerMissing) Object.assign(process.env, (await startBroker()).env);
const skips = new Map<string, string | false>();
for (const step of await listSteps()) skips.set(`steps/${step.name}/README.md`, await unobservable(step));

const renewals = renewAll(
  documents.filter((path) => !skips.get(path)),
  { live: true },
);
for (const path of documents) {
  test(`${path} shows what its commands print`, { skip: skips.get(path) ?? false }, async () => {
    const { before, after } = await renewals.get(path)!;
    assert.ok(before === after, `npm run docs would change it:\n${createPatch(path, before, after)}`);
  });
}
