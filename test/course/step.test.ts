import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { type LessonFiles, readLessonFiles, sameFiles, servicesOf } from '#workshop/course/files';
import { listSteps } from '#workshop/course/list';
import { projectCopy } from '../support/copy.ts';
import { eventually } from '../support/eventually.ts';
import { runScript, startScript } from '../support/process.ts';

const steps = await listSteps();
const ofStep = async (number: number): Promise<LessonFiles> =>
  readLessonFiles(steps.find((step) => step.number === number)!.folder);

/** A copy of the project, and the command in it. */
async function workingCopy(t: TestContext) {
  const cwd = await projectCopy(t);
  const env = { ...process.env, WORKSHOP_STATE: join(cwd, '.workshop'), NO_COLOR: '1' };
  return {
    cwd,
    env,
    step: (...args: string[]) => runScript(t, 'workshop/commands/step.ts', args, { cwd, env }),
    files: () => readLessonFiles(cwd),
    isStep: async (number: number) => sameFiles(await readLessonFiles(cwd), await ofStep(number)),
  };
}

test('the top level is the last step of chapter 1, byte for byte', async () => {
  const { projectFolder } = await import('#workshop/settings');
  assert.deepEqual(await readLessonFiles(projectFolder), await ofStep(10));
});

test('step without a word lists the steps, with marks at the one here and at those checked', async (t) => {
  const { cwd, step } = await workingCopy(t);
  await mkdir(join(cwd, '.workshop'));
  await writeFile(join(cwd, '.workshop/progress.json'), JSON.stringify({ checked: [steps[0]!.name] }));

  const { code, stdout } = await step();

  assert.equal(code, 0);
  const lines = stdout.trimEnd().split('\n');
  assert.equal(lines.length, steps.length);
  assert.match(lines[0]!, /^ {2}✓ {2}1 {2}\S/);
  assert.match(lines[9]!, /^▸ {3}10 {2}\S/);
});

test('each step can be put into the working copy, by number and by name, forth and back', async (t) => {
  const { step, isStep } = await workingCopy(t);
  for (const { number, name } of [...steps, ...steps.toReversed()].filter((_, index) => index % 3 === 0)) {
    const { code, stdout } = await step(number % 2 === 0 ? String(number) : name);
    assert.equal(code, 0);
    assert.match(
      stdout,
      new RegExp(`^Step ${number} is in the working copy\\. Read steps/${name}/README\\.md\\.$`, 'm'),
    );
    assert.ok(!stdout.includes('saved'), 'nothing is saved that a step holds');
    assert.ok(await isStep(number));
  }
});

test('a step with other services takes the place of the former ones', async (t) => {
  const { cwd, step, isStep } = await workingCopy(t);
  const services = servicesOf(await ofStep(10));
  const others = await Promise.all(
    steps.map(async ({ number }) => ({ number, files: await ofStep(number) })),
  );
  const other = others.find(({ files }) => ![...servicesOf(files)].some((name) => services.has(name)));
  assert.ok(other, 'a later chapter has other services');

  await step(String(other.number));
  assert.ok(await isStep(other.number));
  for (const name of services) assert.ok(!existsSync(join(cwd, name)), `${name} is gone`);

  await step('10');
  assert.ok(await isStep(10));
  for (const name of servicesOf(other.files)) assert.ok(!existsSync(join(cwd, name)), `${name} is gone`);
});

test('work of one’s own is saved first, said where, and restored; restoring again swaps two works', async (t) => {
  const { cwd, step, files, isStep } = await workingCopy(t);
  await writeFile(join(cwd, 'bands-api/app.ts'), '// mine\n');
  await writeFile(join(cwd, 'bands-api/noise.bin'), Buffer.from([0xff, 0x00, 0xfe, 0x80, 0x0a]));
  const mine = await files();

  const put = await step('2');
  assert.match(
    put.stdout,
    /^Your work was saved in \.workshop.saved.\S+; npm run step -- --restore puts it back\.$/m,
  );
  assert.ok(await isStep(2));

  const restored = await step('--restore');
  assert.equal(restored.code, 0, restored.stderr);
  assert.deepEqual(await files(), mine);
  assert.deepEqual(
    await readFile(join(cwd, 'bands-api/noise.bin')),
    Buffer.from([0xff, 0x00, 0xfe, 0x80, 0x0a]),
  );

  const again = await step('--restore');
  assert.equal(again.code, 1);
  assert.equal(again.stderr, 'The work that was saved is in the working copy already.\n');

  await writeFile(join(cwd, 'bands-api/app.ts'), '// mine, second thoughts\n');
  const second = await files();
  for (const expected of [mine, second, mine]) {
    await step('--restore');
    assert.deepEqual(await files(), expected);
  }
  const saved = await readdir(join(cwd, '.workshop/saved'));
  assert.equal(saved.length, 2, 'what is saved already is not saved once more');
});

test('restored work belongs to the step that it belonged to: its diff and its --reset are those of before', async (t) => {
  const { cwd, env, step, isStep } = await workingCopy(t);
  await step('3');
  await writeFile(join(cwd, 'run.ts'), '// mine\n');
  await step('5');
  await step('--restore');

  const diff = (...args: string[]) => runScript(t, 'workshop/commands/diff.ts', args, { cwd, env });
  assert.equal((await diff()).stdout, (await diff('4')).stdout);
  await step('--reset');
  assert.ok(await isStep(3));
});

test('work in the folder of a service whose service.json is lost is saved too', async (t) => {
  const { cwd, step, isStep } = await workingCopy(t);
  await writeFile(join(cwd, 'bands-api/app.ts'), '// mine\n');
  await rm(join(cwd, 'bands-api/service.json'));

  await step('3');
  assert.ok(await isStep(3));
  await step('--restore');

  assert.equal(await readFile(join(cwd, 'bands-api/app.ts'), 'utf8'), '// mine\n');
  assert.ok(!existsSync(join(cwd, 'bands-api/service.json')));
});

test('what was interrupted while it was saved is not restored', async (t) => {
  const { cwd, step, isStep } = await workingCopy(t);
  await mkdir(join(cwd, '.workshop/saved/2099-01-01T00-00-00.4711.new'), { recursive: true });
  await writeFile(join(cwd, '.workshop/saved/2099-01-01T00-00-00.4711.new/run.ts'), 'half a fi');

  const { code, stderr } = await step('--restore');

  assert.equal(code, 1);
  assert.match(stderr, /^No work was saved yet/);
  assert.ok(await isStep(10));
});

test('--reset puts back the step that was reached, and saves what was typed', async (t) => {
  const { cwd, step, isStep } = await workingCopy(t);
  await step('4');
  await writeFile(join(cwd, 'run.ts'), 'half a thought');

  const { stdout } = await step('--reset');
  assert.match(stdout, /^Your work was saved in /m);
  assert.ok(await isStep(4));

  // As npm run check leaves it when the code of one's own passes the check of step 5.
  await writeFile(join(cwd, '.workshop/step'), `${steps[4]!.name}\n`);
  await writeFile(join(cwd, 'run.ts'), 'the next half a thought');
  await step('--reset');
  assert.ok(await isStep(5));
});

test('a file that a step does not have goes, a folder of the user’s own stays', async (t) => {
  const { cwd, step, isStep } = await workingCopy(t);
  await mkdir(join(cwd, 'mine'));
  await writeFile(join(cwd, 'mine/thing.ts'), 'export {};\n');

  await step('1');

  assert.ok(await isStep(1));
  await assert.rejects(readFile(join(cwd, 'bands-api/tracing.ts')));
  assert.equal(await readFile(join(cwd, 'mine/thing.ts'), 'utf8'), 'export {};\n');
});

test('cut off at any file operation, the next command finds the old or the new state, and no work is lost', async (t) => {
  const { cwd, env } = await workingCopy(t);

  const { code, stdout, stderr } = await runScript(t, 'test/course/every-cut.ts', [], { cwd, env });

  assert.equal(code, 0, stderr);
  const outcomes = JSON.parse(stdout) as { old: number; new: number };
  assert.ok(outcomes.old > 0 && outcomes.new > 0, stdout);
});

test('what could not be written is said, and the next command finishes the change without losing a save', async (t) => {
  const { cwd, env, step, isStep } = await workingCopy(t);
  const journal = join(cwd, '.workshop/change');
  await step('1');
  // A folder in the way of a file keeps the change unfinished for as long as the test needs.
  await mkdir(join(cwd, 'bands-api/tracing.ts'));

  const blocked = await step('2');
  assert.equal(blocked.code, 1);
  assert.match(
    blocked.stderr,
    /^bands-api\/tracing\.ts could not be changed \(.+\): put out of the way .+\n$/,
  );
  assert.ok(existsSync(journal));

  await rm(join(cwd, 'bands-api/tracing.ts'), { recursive: true });
  await writeFile(join(cwd, 'run.ts'), '// typed after that\n');
  const { code, stderr } = await runScript(t, 'workshop/commands/diff.ts', ['2'], { cwd, env });

  assert.equal(code, 0);
  assert.match(
    stderr,
    /^An interrupted change of the working copy was finished; what you changed since then is in \.workshop.saved.\S+\.$/m,
  );
  assert.ok(await isStep(2));
  assert.ok(!existsSync(journal));
  await step('--restore');
  assert.equal(await readFile(join(cwd, 'run.ts'), 'utf8'), '// typed after that\n');
});

test('interrupted for real, the working copy holds the old or the new step after the next command', async (t) => {
  const { cwd, env, step, isStep } = await workingCopy(t);
  const subject = startScript(t, 'workshop/commands/step.ts', ['1'], { cwd, env });
  await eventually(
    async () => (await isStep(1)) || existsSync(join(cwd, '.workshop/change')) || undefined,
    'it writes',
  );
  subject.child.kill('SIGKILL');
  await subject.ended;

  await step();
  assert.ok((await isStep(10)) || (await isStep(1)));
});

test('two at a time leave the step of one that succeeded, and the other says what happened', async (t) => {
  const { step, isStep } = await workingCopy(t);

  const both = await Promise.all(
    [1, steps.at(-1)!.number].map(async (number) => ({ number, ...(await step(String(number))) })),
  );

  for (const { code, stderr } of both) {
    if (code === 0) continue;
    assert.equal(code, 1, stderr);
    assert.equal(stderr, 'Something else is changing the working copy at this moment: try again.\n');
  }
  const there = await Promise.all(both.map(async ({ number, code }) => code === 0 && (await isStep(number))));
  assert.ok(there.includes(true));
});

for (const [args, sentence] of [
  [['99'], /^There is no step "99"\. Say the number or the name of one of these: 01-start-the-services, /],
  [['1', '2'], /^Say one step, or --reset, or --restore; --help explains them\.$/],
  [['--back'], /^Unknown option '--back'; --help lists the options\.$/],
] as const) {
  test(`step ${args.join(' ')} is refused with one sentence and exit code 2`, async (t) => {
    const { step } = await workingCopy(t);
    const { code, stderr } = await step(...args);
    assert.equal(code, 2);
    assert.match(stderr.trimEnd(), sentence);
  });
}

test('--restore without saved work says so', async (t) => {
  const { step } = await workingCopy(t);
  const { code, stderr } = await step('--restore');
  assert.equal(code, 1);
  assert.match(stderr, /^No work was saved yet/);
});

test('a damaged progress file is set aside, and the steps are listed', async (t) => {
  const { cwd, step } = await workingCopy(t);
  await mkdir(join(cwd, '.workshop'));
  await writeFile(join(cwd, '.workshop/progress.json'), '{"checked": [');

  const { code, stdout, stderr } = await step();

  assert.equal(code, 0);
  assert.match(
    stderr,
    /could not be read: it is kept as progress\.json\.damaged, and counting begins anew\./,
  );
  assert.ok(!stdout.includes('✓'));
  assert.equal(await readFile(join(cwd, '.workshop/progress.json.damaged'), 'utf8'), '{"checked": [');
});

test('the machinery’s folder for work is ignored by git', async (t) => {
  const { cwd, step } = await workingCopy(t);
  await writeFile(join(cwd, 'run.ts'), '// mine\n');
  await step('10');
  const { stdout } = spawnSync('git', ['status', '--porcelain'], { cwd, encoding: 'utf8' });
  assert.equal(stdout, '');
  await rm(join(cwd, '.workshop'), { recursive: true });
});
