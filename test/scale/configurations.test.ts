/** The configurations of collectors and of Jaeger, without these programs: each component that is used is defined, and the other way around. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import {
  type CollectorConfiguration,
  undefinedComponents,
  unusedComponents,
} from '#workshop/check/collector-configuration';
import { projectFolder } from '#workshop/settings';

/** What is wrong with the references between components; nothing if all is well. */
const problemsOf = (configuration: CollectorConfiguration) => [
  ...undefinedComponents(configuration).map((component) => `${component} is not defined`),
  ...unusedComponents(configuration).map((component) => `${component} is not used`),
];

const folders = ['25-through-a-collector', '26-past-one-machine/start', '26-past-one-machine'].map(
  (step) => `steps/${step}/monitoring`,
);
const files = (
  await Promise.all(
    folders.map(async (folder) =>
      (await readdir(join(projectFolder, folder))).map((name) => `${folder}/${name}`),
    ),
  )
)
  .flat()
  .filter((path) => path.endsWith('.yaml'));
const read = async (path: string) =>
  parse(await readFile(join(projectFolder, path), 'utf8')) as CollectorConfiguration;

for (const path of files) {
  test(`${path} uses each component that it defines, and defines each that it uses`, async () => {
    assert.deepEqual(problemsOf(await read(path)), []);
  });
}

test('a component that is missing or not used is noticed, even if it is a connector', async () => {
  const configuration = await read('steps/25-through-a-collector/monitoring/collector.yaml');
  delete configuration.processors!['batch'];
  delete configuration.service!.pipelines!['metrics'];
  assert.deepEqual(problemsOf(configuration), [
    'processors: batch is not defined',
    'receivers: span_metrics is not used',
    'exporters: prometheus is not used',
  ]);
});
