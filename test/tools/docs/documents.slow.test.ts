import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPatch } from 'diff';
import { renewAll } from '#tools/docs/renew-all';
import { projectPaths } from '#tools/project-files';
import { brokerMissing, startBroker } from '../../support/broker.ts';

// documents.test.ts takes most outputs from the observations of the steps; here every command runs.
const documents = (await projectPaths()).filter((path) => /^(steps\/.*\/)?README\.md$/.test(path)).toSorted();
if (!brokerMissing) Object.assign(process.env, (await startBroker()).env);
const isPossible = (path: string) => !brokerMissing || !/^steps\/1[1-4]-/.test(path);

const renewals = renewAll(documents.filter(isPossible), { live: true });
for (const path of documents) {
  test(`${path} shows what its commands print`, { skip: !isPossible(path) && brokerMissing }, async () => {
    const { before, after } = await renewals.get(path)!;
    assert.ok(before === after, `npm run docs would change it:\n${createPatch(path, before, after)}`);
  });
}
