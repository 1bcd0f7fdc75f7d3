import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readLessonFiles, sameFiles } from '#workshop/course/files';
import { findStep, listSteps } from '#workshop/course/list';
import { projectFolder } from '#workshop/settings';
import { projectCopy } from '../support/copy.ts';
import { runScript } from '../support/process.ts';

const STEP = 'workshop/commands/step.ts';
const steps = await listSteps();
const ofStep = async (number: number) => readLessonFiles((await findStep(String(number))).folder);

test('the top level is the last step of chapter 1, byte for byte', async () => {
  assert.deepEqual(await readLessonFiles(projectFolder), await ofStep(10));
});

test('the command puts a step, saves and restores work, resets, and lists the steps; Git ignores the state', async (t) => {
  const cwd = await projectCopy(t);
  const env = { ...process.env, WORKSHOP_STATE: join(cwd, '.workshop'), NO_COLOR: '1' };
  const step = async (...args: string[]) => {
    const { code, stdout, stderr } = await runScript(t, STEP, args, { cwd, env });
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const isStep = async (number: number) => sameFiles(await readLessonFiles(cwd), await ofStep(number));

  await writeFile(join(cwd, 'bands-api/app.ts'), '// mine\n');
  assert.match(await step('--save'), /^Your work was saved in \.workshop.saved.\S+\. To put it back, run /);
  assert.match(
    await step('12'),
    /^Your work was saved in \.workshop.saved.\S+\. To put it back, run npm run step -- --restore\.\nThe finished step 12 is now in the working copy\.\nThis step: steps\/12-publish-a-message\/README\.md\nNext step: steps\/13-consume-the-message\/README\.md\n$/,
  );
  assert.ok(await isStep(12));
  assert.match(
    await step('--restore'),
    /^Your work from \.workshop.saved.\S+ is back in the working copy\.\n$/,
  );
  assert.equal(await readFile(join(cwd, 'bands-api/app.ts'), 'utf8'), '// mine\n');

  await writeFile(join(cwd, '.workshop/step'), `${steps[9]!.name}\n`);
  await step('--reset');
  assert.ok(await isStep(10));
  assert.equal(spawnSync('git', ['status', '--porcelain'], { cwd, encoding: 'utf8' }).stdout, '');

  await writeFile(join(cwd, '.workshop/progress.json'), JSON.stringify({ checked: [steps[0]!.name] }));
  await writeFile(join(cwd, 'run.ts'), '// mine, too\n');
  const lines = (await step()).split('\n');
  assert.match(lines[0]!, /^ {2}✓ {2}1 {2}Start the services$/);
  assert.match(lines[9]!, /^▸ {3}10 {2}Let the library do it$/);
  assert.deepEqual(lines.slice(steps.length), [
    '',
    'The working copy is closest to step 10, with your own changes.',
    '',
    'To undo a change, run npm run step -- --reset. git checkout brings back the files of a fresh clone instead.',
    '',
  ]);
});

for (const [args, sentence] of [
  [['99'], /^There is no step "99"\. Use the number or the name of one of these: 01-start-the-services, /],
  [['1', '--reset'], /^Use one of these: a step, --reset, --save, or --restore; --help explains them\.$/],
] as const) {
  test(`step ${args.join(' ')} is refused with one sentence and exit code 2`, async (t) => {
    const { code, stderr } = await runScript(t, STEP, [...args]);
    assert.equal(code, 2);
    assert.match(stderr.trimEnd(), sentence);
    assert.equal(stderr.trimEnd().split('\n').length, 1);
  });
}
