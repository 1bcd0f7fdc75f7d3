import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { patchText } from '#workshop/course/show-diff';
import { changesBetween } from '#workshop/course/changes';
import { copyFiles, type LessonFiles, readLessonFiles, servicesOf } from '#workshop/course/files';
import { listSteps } from '#workshop/course/list';
import { projectCopy } from '../support/copy.ts';
import { temporaryFolder } from '../support/environment.ts';
import { runScript, start, startScript } from '../support/process.ts';

const DIFF = 'workshop/commands/diff.ts';
const steps = await listSteps();
const neighbours = steps.slice(1).map((after, index) => ({ before: steps[index]!, after }));

/** Applies a patch to files in a folder of their own, with each program that can, and gives what comes of it. */
async function apply(t: TestContext, files: LessonFiles, patch: string): Promise<LessonFiles[]> {
  const programs = [
    ['git', 'apply', '-'],
    ['patch', '-p1', '--quiet'],
  ];
  const results: LessonFiles[] = [];
  for (const [program, ...words] of programs) {
    const folder = await temporaryFolder(t);
    for (const [path, text] of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const { status, stderr, error } = spawnSync(program!, words, {
      cwd: folder,
      input: patch,
      encoding: 'utf8',
    });
    if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') continue; // no patch(1) on this system
    assert.equal(status, 0, `${program}: ${stderr}`);
    results.push(await readLessonFiles(folder, servicesOf(files)));
  }
  return results;
}

const patchOf = (before: LessonFiles, after: LessonFiles) => patchText(changesBetween(before, after));

for (const { before, after } of neighbours) {
  test(`the diff ${before.number} → ${after.number} turns one step into the next, by git and by patch`, async (t) => {
    const [from, to] = [await readLessonFiles(before.folder), await readLessonFiles(after.folder)];
    const { stdout } = await runScript(t, DIFF, [before.name, after.name]);
    for (const result of await apply(t, from, stdout)) assert.deepEqual(result, to);
  });
}

test('a patch of files at their edges applies: empty, without a last line feed, with odd names and lines, blank at a hunk’s end', async (t) => {
  const lines = Array.from({ length: 40 }, (_, index) => `line ${index}\n`).join('');
  const from = new Map([
    ['a/emptied.txt', 'one\ntwo\n'],
    ['a/blank at the end.txt', 'one\ntwo\n\n\n\nthree\n'],
    ['a/ends.txt', 'one\nno line feed'],
    ['a/far apart.txt', lines],
    ['a/filled.txt', ''],
    ['a/gone.txt', 'gone\n'],
    ['a/signs.txt', '-- a\n++ b\n@@ c\n\\ d\n'],
    ['a/zähler.txt', 'eins\n'],
  ]);
  const to = new Map([
    ['a/added.txt', 'no line feed either'],
    ['a/blank at the end.txt', 'one\n2\n\n\n\nthree\n'],
    ['a/emptied.txt', ''],
    ['a/ends.txt', 'one\nno line feed\n'],
    ['a/far apart.txt', lines.replace('line 0', 'first').replace('line 39', 'last')],
    ['a/filled.txt', 'filled\n'],
    ['a/signs.txt', '-- a\n--- b\n+++ c\n\\ d\n'],
    ['a/zähler.txt', 'zwei\n'],
  ]);
  for (const result of await apply(t, from, patchOf(from, to))) assert.deepEqual(result, to);

  const none = new Map([['a/b.txt', 'b\n']]);
  const empty = new Map([...none, ['a/empty.txt', '']]);
  for (const [before, after] of [
    [none, empty],
    [empty, none],
  ] as const) {
    for (const result of await apply(t, before, patchOf(before, after))) assert.deepEqual(result, after);
  }
});

test('without a word it shows what is left for the next step; typed, nothing is left', async (t) => {
  const cwd = await projectCopy(t);
  const env = { ...process.env, WORKSHOP_STATE: join(cwd, '.workshop') };
  await runScript(t, 'workshop/commands/step.ts', ['6'], { cwd, env });

  const { code, stdout } = await runScript(t, DIFF, [], { cwd, env });
  assert.equal(code, 0);
  assert.match(stdout, /^\+.*responseHook: sendTraceId/m);
  assert.ok(!stdout.includes('\u001b'), 'no colour where there is no terminal');

  const applied = spawnSync('git', ['apply', '-'], { cwd, input: stdout, encoding: 'utf8' });
  assert.equal(applied.status, 0, applied.stderr);
  const rest = await runScript(t, DIFF, [], { cwd, env });
  assert.equal(rest.stdout, '');
  assert.equal(rest.stderr, 'Nothing differs: the working copy is the same as step 7.\n');

  // As npm run check leaves it.
  await writeFile(join(cwd, '.workshop/step'), `${steps[6]!.name}\n`);
  assert.match((await runScript(t, DIFF, [], { cwd, env })).stdout, /^\+.*tracestate/im);
  // As git switch leaves it.
  await copyFiles(steps[2]!.folder, cwd, (await readLessonFiles(steps[2]!.folder)).keys());
  await rm(join(cwd, 'reviews-api/tracing.ts'));
  assert.match((await runScript(t, DIFF, [], { cwd, env })).stdout, /^\+\+\+ b\/reviews-api\/tracing\.ts$/m);
});

test('where half is typed, it shows the rest; who goes back is shown the step after that one', async (t) => {
  const cwd = await projectCopy(t);
  const env = { ...process.env, WORKSHOP_STATE: join(cwd, '.workshop') };
  const script = (file: string, ...args: string[]) => runScript(t, file, args, { cwd, env });
  await mkdir(join(cwd, '.workshop'));
  await writeFile(
    join(cwd, '.workshop/progress.json'),
    JSON.stringify({ checked: steps.slice(0, 6).map(({ name }) => name) }),
  );
  await script('workshop/commands/step.ts', '2');
  await appendFile(join(cwd, 'run.ts'), '// half a thought\n');

  const { stdout } = await script(DIFF);

  assert.match(stdout, /^-\/\/ half a thought$/m);
  assert.equal(stdout, (await script(DIFF, '3')).stdout);
});

test('at the end of a chapter nothing is left, and the next one is named', async (t) => {
  const cwd = await projectCopy(t);
  await runScript(t, 'workshop/commands/step.ts', ['10'], { cwd });
  const { code, stdout, stderr } = await runScript(t, DIFF, [], { cwd });
  assert.deepEqual([code, stdout], [0, '']);
  assert.match(
    stderr,
    /^Nothing is left to do in this chapter\. Step 11 begins another one.*npm run step 11/,
  );
});

test('the same step twice, or one that is there already, says that nothing differs', async (t) => {
  const cwd = await projectCopy(t);
  const env = { ...process.env, WORKSHOP_STATE: join(cwd, '.workshop') };
  for (const [args, sentence] of [
    [['3', '3'], 'Nothing differs: step 3 is the same as step 3.\n'],
    [['10'], 'Nothing differs: the working copy is the same as step 10.\n'],
  ] as const) {
    const { code, stdout, stderr } = await runScript(t, DIFF, [...args], { cwd, env });
    assert.equal(code, 0);
    assert.equal(stdout, '');
    assert.equal(stderr, sentence);
  }
});

test('a reader that has seen enough ends it without an error', async (t) => {
  const subject = startScript(t, DIFF, ['1', '10']);
  subject.child.stdout!.destroy();
  assert.equal(await subject.ended, 0);
  assert.equal(subject.stderr, '');
});

const noScript = process.platform !== 'linux' || spawnSync('script', ['--version']).error !== undefined;

test(
  'in a terminal it is coloured and goes through PAGER; one that is missing costs only the paging',
  {
    skip: noScript && process.env.CI !== 'true' && 'script(1) of util-linux gives a program a terminal',
  },
  async (t) => {
    const inTerminal = async (pager: string, env: NodeJS.ProcessEnv = {}) => {
      const command = `${process.execPath} --import ${import.meta.resolve('tsx')} ${DIFF} 2 3`;
      const subject = start(t, 'script', ['--quiet', '--return', '--command', command, '/dev/null'], {
        env: { ...process.env, TERM: 'xterm', NO_COLOR: '', PAGER: pager, ...env },
      });
      assert.equal(await subject.ended, 0);
      return subject.stdout.replaceAll('\r\n', '\n');
    };

    const [bold, green] = ['\u001b[1m', '\u001b[32m'];
    const paged = await inTerminal('sed s/^/paged:/');
    assert.ok(paged.startsWith(`paged:${bold}diff --git a/run.ts`), paged);
    assert.ok(paged.includes(`paged:${green}+`), paged);
    assert.ok((await inTerminal('no-such-pager')).includes(`${bold}diff --git a/run.ts`));
    assert.ok((await inTerminal('cat', { NO_COLOR: '1' })).startsWith('diff --git a/run.ts'));
  },
);

test('--stat counts lines', async (t) => {
  const { stdout } = await runScript(t, DIFF, ['2', '3', '--stat'], {
    env: { ...process.env, NO_COLOR: '1' },
  });
  assert.match(stdout, /^ run\.ts \| +\d+ \++-+$/m);
  assert.match(stdout, /^ 1 file changed, \d+ lines added, \d+ removed$/m);
});

test('it needs no git', async (t) => {
  const { code, stdout } = await runScript(t, DIFF, ['1', '2'], { env: { ...process.env, PATH: '' } });
  assert.equal(code, 0);
  assert.match(stdout, /^new file mode 100644$/m);
});

test('an unknown step and too many words are refused with exit code 2', async (t) => {
  for (const args of [['77'], ['1', '2', '3']]) {
    const { code, stderr } = await runScript(t, DIFF, args);
    assert.equal(code, 2);
    assert.equal(stderr.trimEnd().split('\n').length, 1);
  }
});
