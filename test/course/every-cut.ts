/**
 * Run in a copy of the project: changes its working copy again and again, and each time lets everything that writes
 * fail from the first, the second, the third, … file operation on, as when the power goes. Ends with an error where the
 * next reading does not find the old or the new state, or where work is lost.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { projectFolder, stateFolder } from '#workshop/settings';
import { copyFiles, readLessonFiles, sameFiles } from '#workshop/course/files';
import { findStep } from '#workshop/course/list';
import { putIntoWorkingCopy, readWorkingCopy, savedWork } from '#workshop/course/working-copy';

const WRITING = ['copyFile', 'mkdir', 'rename', 'rm', 'rmdir', 'writeFile'] as const;
const untouched = { ...fs };
let remaining = Infinity;

for (const name of WRITING) {
  (fs as Record<string, unknown>)[name] = async (...args: never[]) => {
    if (remaining-- > 0) return (untouched[name] as (...args: never[]) => Promise<unknown>)(...args);
    // The very operation that the power goes in is half done, if half can be done of it.
    if (remaining === -1 && name === 'copyFile') await untouched.writeFile(args[1]!, 'half a fi');
    if (remaining === -1 && name === 'rm') await removeHalf(args[0]!);
    throw new Error('the power went');
  };
}
syncBuiltinESMExports();

const start = (await findStep('10')).folder;
const before = await readLessonFiles(start); // has all files of the target, so that it can be copied over it
const target = (await findStep('1')).folder;
const after = await readLessonFiles(target);
const outcomes = { old: 0, new: 0 };

for (let operations = 0; ; operations++) {
  await copyFiles(start, projectFolder, before.keys());
  await untouched.rm(join(stateFolder, 'saved'), { recursive: true, force: true });
  await untouched.writeFile(join(projectFolder, 'run.ts'), '// mine\n');
  await untouched.writeFile(join(projectFolder, 'bands-api/mine.ts'), `// ${operations}\n`);
  const mine = await readWorkingCopy();

  remaining = operations;
  const put = await putIntoWorkingCopy(target, after).then(
    () => true,
    () => false,
  );
  const wasCut = remaining < 0;
  remaining = Infinity;
  if (!wasCut) {
    assert.ok(put);
    break;
  }

  const found = await readWorkingCopy();
  const isOld = sameFiles(found, mine);
  outcomes[isOld ? 'old' : 'new']++;
  assert.ok(isOld || sameFiles(found, after), `cut after ${operations} operations: neither old nor new`);
  const saved = await savedWork();
  assert.ok(isOld || saved.length > 0, `cut after ${operations} operations: work is lost`);
  for (const { files } of saved)
    assert.ok(sameFiles(files, mine), `cut after ${operations} operations: something else was saved`);
  const leftOver = (await fs.readdir(join(projectFolder, 'bands-api'))).filter((name) =>
    name.startsWith('.'),
  );
  assert.deepEqual(leftOver, [], `cut after ${operations} operations`);
}

console.log(JSON.stringify(outcomes));

/** Removes the first of the things in a folder, as a removal does that is not completed. */
async function removeHalf(path: string): Promise<void> {
  const [first] = await fs.readdir(path).catch(() => []);
  if (first) await untouched.rm(join(path, first), { recursive: true });
}
