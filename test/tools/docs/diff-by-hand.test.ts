import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { posix } from 'node:path';
import { after, test } from 'node:test';
import { copyProject, removeCopy } from '#tools/project-copy';
import { readProjectFile } from '#tools/project-files';
import { changesBetween } from '#workshop/course/changes';
import { readLessonFiles, servicesOf } from '#workshop/course/files';
import { listSteps } from '#workshop/course/list';

const commands = (await readProjectFile('README.md')).match(/^(?:diff -r|git diff) .+$/gm) ?? [];
const steps = await listSteps();
const pairs = steps.slice(1).map((step, index) => [steps[index]!, step] as const);
const cwd = await copyProject();
after(() => removeCopy(cwd));

/** The paths within a step that a command names as different; a folder that only one step has is one path. */
function pathsReportedBy(command: string): Set<string> {
  const { stdout, stderr } = spawnSync(command, { shell: true, cwd, encoding: 'utf8' });
  assert.equal(stderr, '', command);
  const only = [...stdout.matchAll(/^Only in (.+): (.+)$/gm)].map(([, folder, name]) =>
    posix.join(folder!, name!),
  );
  const differ = [...stdout.matchAll(/^diff (?:-r .+ |--git .+ b\/)(\S+)$/gm)].map(([, path]) => path!);
  return new Set([...only, ...differ].map((path) => path.replace(/^steps\/[^/]+\//, '')));
}

const isPartOf = (path: string, other: string) => path === other || path.startsWith(`${other}/`);

test('the README names a way to compare two steps with diff, with git diff, and with git diff --no-index', () => {
  assert.deepEqual(
    commands.map((command) => /^(?:diff -r|git diff(?: --no-index)?)/.exec(command)![0]),
    ['diff -r', 'git diff', 'git diff --no-index'],
  );
});

for (const [from, to] of pairs) {
  test(`compared by hand, ${from.name} and ${to.name} differ in nothing but the lesson`, async () => {
    const [before, now] = [await readLessonFiles(from.folder), await readLessonFiles(to.folder)];
    const changed = changesBetween(before, now).map(({ path }) => path);

    for (const command of commands) {
      const names = [from.name, to.name];
      const here = command.replace(/(?<=steps\/)\d\d-[\w-]+/g, () => names.shift()!);
      if (!command.includes('--no-index')) {
        const reported = pathsReportedBy(here);
        for (const path of changed)
          assert.ok(
            [...reported].some((each) => isPartOf(path, each)),
            path,
          );
        for (const each of reported)
          assert.ok(
            changed.some((path) => isPartOf(path, each)),
            each,
          );
        continue;
      }
      const shared = [...servicesOf(before)].filter((service) => servicesOf(now).has(service));
      for (const service of shared) {
        const reported = pathsReportedBy(here.replaceAll('/bands-api', `/${service}`));
        assert.deepEqual(
          [...reported],
          changed.filter((path) => isPartOf(path, service)),
        );
      }
    }
  });
}
