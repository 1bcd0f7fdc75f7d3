import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { patchText } from '#workshop/course/show-diff';
import { changesBetween } from '#workshop/course/changes';
import { type LessonFiles, readLessonFiles, servicesOf } from '#workshop/course/files';
import { listSteps } from '#workshop/course/list';
import { temporaryFolder } from '../support/environment.ts';
import { runScript, start, startScript } from '../support/process.ts';

const DIFF = 'workshop/commands/diff.ts';
const steps = await listSteps();
const neighbors = steps.slice(1).map((after, index) => ({ before: steps[index]!, after }));

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

for (const { before, after } of neighbors) {
  test(`the diff ${before.number} → ${after.number} turns one step into the next, with git apply and with patch`, async (t) => {
    const [from, to] = [await readLessonFiles(before.folder), await readLessonFiles(after.folder)];
    for (const result of await apply(t, from, patchOf(from, to))) assert.deepEqual(result, to);
  });
}

test('patches of edge cases apply: empty files, no line feed at the end, unusual names and lines, blank lines at the end of a hunk', async (t) => {
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

test('the command prints the patch between two steps without colors, and does not need Git', async (t) => {
  const [before, after] = steps as [(typeof steps)[0], (typeof steps)[0]];
  const { code, stdout } = await runScript(t, DIFF, [before.name, after.name], {
    env: { ...process.env, PATH: '' },
  });
  assert.equal(code, 0);
  assert.match(stdout, /^new file mode 100644$/m);
  assert.equal(stdout, patchOf(await readLessonFiles(before.folder), await readLessonFiles(after.folder)));
});

test('at the end of a chapter, the command says that it is finished, and names the next one', async (t) => {
  const { code, stdout, stderr } = await runScript(t, DIFF, [], {
    env: { ...process.env, WORKSHOP_STATE: await temporaryFolder(t) },
  });
  assert.deepEqual([code, stdout], [0, '']);
  assert.match(stderr, /^This chapter is finished\. Step 11 starts the next one.*npm run step 11/);
});

test('if nothing differs, the command says so', async (t) => {
  const env = { ...process.env, WORKSHOP_STATE: await temporaryFolder(t) };
  const { code, stdout, stderr } = await runScript(t, DIFF, ['10'], { env });
  assert.deepEqual([code, stdout], [0, '']);
  assert.equal(stderr, 'No differences: the working copy is the same as step 10.\n');
});

test('a reader that closes the pipe early ends the command without an error', async (t) => {
  const subject = startScript(t, DIFF, ['1', '10']);
  subject.child.stdout!.destroy();
  assert.equal(await subject.ended, 0);
  assert.equal(subject.stderr, '');
});

const noScript = process.platform !== 'linux' || spawnSync('script', ['--version']).error !== undefined;

test(
  "in a terminal the output is colored and goes through PAGER, or straight to the terminal if PAGER doesn't exist",
  {
    skip: noScript && process.env.CI !== 'true' && 'script(1) of util-linux gives a program a terminal',
  },
  async (t) => {
    const inTerminal = async (pager: string, env: NodeJS.ProcessEnv = {}) => {
      const command = `${process.execPath} --import ${import.meta.resolve('tsx/esm')} ${DIFF} 2 3`;
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

test('a third step is refused with exit code 2', async (t) => {
  const { code, stderr } = await runScript(t, DIFF, ['1', '2', '3']);
  assert.equal(code, 2);
  assert.equal(stderr, "Unexpected argument '3'; --help lists the options.\n");
});
