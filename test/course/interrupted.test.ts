import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { after } from 'node:test';
import { sameFiles } from '#workshop/course/files';
import { listSavedWork } from '#workshop/course/saved-work';
import { readWorkingCopy } from '#workshop/course/working-copy';
import { temporaryFolder } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';
import { runScript, startScript } from '../support/process.ts';
import { slowTest, test } from '../support/tests.ts';
import { tinyCourse } from './tiny-course.ts';

const WRITING = ['copyFile', 'mkdir', 'rename', 'rm', 'rmdir', 'unlink', 'writeFile'] as const;
const untouched = { ...fs };

/** How many more operations that write succeed. After that they all fail, as when the power goes. */
let remaining = Infinity;

for (const name of WRITING) {
  (fs as Record<string, unknown>)[name] = async (...args: never[]) => {
    if (remaining-- > 0) return (untouched[name] as (...args: never[]) => Promise<unknown>)(...args);
    // The first operation that fails is done by half, if it can be.
    if (remaining === -1 && (name === 'copyFile' || name === 'writeFile'))
      await untouched.writeFile(args[name === 'copyFile' ? 1 : 0]!, 'half a fi');
    if (remaining === -1 && name === 'rm') await removeHalf(args[0]!);
    throw new Error('the power went');
  };
}
syncBuiltinESMExports();
after(() => {
  Object.assign(fs, untouched);
  syncBuiltinESMExports();
});

/** Removes the first thing in a folder, as a removal does that isn't completed. */
async function removeHalf(path: string): Promise<void> {
  const [first] = await fs.readdir(path).catch(() => []);
  if (first) await untouched.rm(join(path, first), { recursive: true });
}

for (const linked of [false, true]) {
  const title = linked ? ', where the service folder is a link' : '';
  (linked ? test : slowTest)(
    `after an interruption at any file operation${title}, the next command finds the old or the new state, and no work is lost`,
    async (t) => {
      t.mock.method(console, 'error', () => {}); // says each time that a change was finished
      const outcomes = { old: 0, new: 0 };

      for (let operations = 0; ; operations++) {
        const course = await tinyCourse(t);
        await course.write('run.ts', '// mine\n');
        await course.write('greeter/mine.ts', `// ${operations}\n`);
        const target = join(await temporaryFolder(t), 'elsewhere');
        if (linked) {
          await untouched.rename(join(course.root, 'greeter'), target);
          await untouched.symlink(target, join(course.root, 'greeter'), 'junction');
        }
        const mine = await readWorkingCopy(course);

        remaining = operations;
        const put = await course.put(1).then(
          () => true,
          () => false,
        );
        const wasCut = remaining < 0;
        remaining = Infinity;
        if (!wasCut) {
          assert.ok(put);
          break;
        }

        const found = await readWorkingCopy(course);
        const isOld = sameFiles(found, mine);
        outcomes[isOld ? 'old' : 'new']++;
        const when = `cut off after ${operations} operations`;
        assert.ok(isOld || (await course.isStep(1)), `${when}: neither old nor new`);
        const saved = await listSavedWork(course);
        assert.ok(isOld || saved.length > 0, `${when}: work is lost`);
        for (const { files } of saved) assert.ok(sameFiles(files, mine), `${when}: something else was saved`);
        const drafts = (await fs.readdir(join(course.root, 'greeter'))).filter((name) =>
          name.startsWith('.'),
        );
        assert.deepEqual(drafts, [], when);
        if (linked)
          assert.equal(await fs.readFile(join(target, 'mine.ts'), 'utf8'), `// ${operations}\n`, when);
      }

      t.diagnostic(`${outcomes.old} times the old state, ${outcomes.new} times the new one`);
      assert.ok(outcomes.old > 0 && outcomes.new > 0);
    },
  );
}

test('after a process is killed while it writes, the next command finds the old or the new step', async (t) => {
  const course = await tinyCourse(t);
  const turns = Array.from({ length: 1_000 }, (_, index) => String((index % 2) + 1));
  const subject = startScript(t, 'test/course/put-steps.ts', [course.root, course.state, ...turns]);
  await eventually(() => existsSync(join(course.state, 'change')), 'it writes');
  subject.child.kill('SIGKILL');
  await subject.ended;

  t.mock.method(console, 'error', () => {});
  await readWorkingCopy(course);
  assert.ok((await course.isStep(1)) || (await course.isStep(2)));
});

test('if two processes run at once, each succeeds or says what happened, and the working copy equals a step', async (t) => {
  const course = await tinyCourse(t);
  const put = (...steps: string[]) =>
    runScript(t, 'test/course/put-steps.ts', [course.root, course.state, ...steps]);

  const both = await Promise.all([put('1', '2', '1'), put('4', '3', '4')]);

  for (const { code, stderr } of both) {
    if (code === 0) continue;
    assert.equal(stderr, 'Another process is changing the working copy: try again.\n');
  }
  const succeeded = both.map(({ code }) => code === 0);
  const [is1, is2, is3, is4] = await Promise.all([1, 2, 3, 4].map((number) => course.isStep(number)));
  if (succeeded.includes(true)) assert.ok((succeeded[0] && is1) || (succeeded[1] && is4));
  else assert.ok(is1 || is2 || is3 || is4); // each saw a change of the other
});
