import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPatch } from 'diff';
import { renewAll } from '#tools/docs/renew-all';
import { readBlocks } from '#tools/markdown';
import { projectPaths, readProjectFile } from '#tools/project-files';
import { listSteps } from '#workshop/course/list';
import { brokerMissing, startBroker } from '../../support/broker.ts';
import { unrunnable } from '../../support/observed.ts';

// documents.test.ts only compares the outputs that the observations of the steps contain; here, the other commands run, too.
const documents: string[] = [];
for (const path of (await projectPaths()).filter((name) => name.endsWith('.md')).toSorted()) {
  if (readBlocks(await readProjectFile(path)).some(({ kind }) => kind === 'console')) documents.push(path);
}
if (!brokerMissing) Object.assign(process.env, (await startBroker()).env);
const skips = new Map<string, string | false>();
for (const step of await listSteps()) skips.set(`steps/${step.name}/README.md`, await unrunnable(step));

const renewals = renewAll(documents.filter((path) => !skips.get(path)));
for (const path of documents) {
  test(`${path} shows what its commands print`, { skip: skips.get(path) ?? false }, async () => {
    const { before, after } = await renewals.get(path)!;
    assert.ok(before === after, `npm run docs would change it:\n${createPatch(path, before, after)}`);
  });
}
