import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readLessonFiles } from '#workshop/course/files';
import { recordReached } from '#workshop/course/progress';
import { restoreWork } from '#workshop/course/put';
import { listSavedWork } from '#workshop/course/saved-work';
import { readWorkingCopy } from '#workshop/course/working-copy';
import { temporaryFolder } from '../support/environment.ts';
import { tinyCourse } from './tiny-course.ts';

test('a step replaces another one, of the same chapter or not; what equals a step is not saved', async (t) => {
  const course = await tinyCourse(t);
  for (const number of [1, 3, 4, 2]) {
    assert.equal(await course.put(number), undefined);
    assert.deepEqual(await course.files(), await course.step(number));
    assert.equal(existsSync(join(course.root, 'greeter')), number !== 4);
    assert.equal(existsSync(join(course.root, 'counter')), number === 4);
  }
});

test('own work is saved byte for byte and restored; restoring again swaps two pieces of work', async (t) => {
  const course = await tinyCourse(t);
  const bytes = Buffer.from([0xff, 0x00, 0xfe, 0x80, 0x0a]);
  await course.write('greeter/app.ts', '// mine\n');
  await course.write('greeter/noise.bin', bytes);
  const mine = await course.files();

  const saved = await course.put(2);
  assert.deepEqual(await course.files(), await course.step(2));
  assert.deepEqual(await readLessonFiles(saved!), mine);

  assert.equal((await restoreWork(course)).saved, undefined);
  assert.deepEqual(await course.files(), mine);
  assert.deepEqual(await readFile(join(course.root, 'greeter/noise.bin')), bytes);
  await assert.rejects(restoreWork(course), { message: 'The saved work is already in the working copy.' });

  await course.write('greeter/app.ts', '// mine, second thoughts\n');
  const second = await course.files();
  for (const expected of [mine, second, mine]) {
    await restoreWork(course);
    assert.deepEqual(await course.files(), expected);
  }
  assert.equal((await listSavedWork(course)).length, 2, 'what is saved already is not saved again');
});

test('without saved work, or with only an interrupted save, restoring says that there is none', async (t) => {
  const course = await tinyCourse(t);
  await course.write('.workshop/saved/2099-01-01T00-00-00.4711.new/run.ts', 'half a fi');
  await assert.rejects(restoreWork(course), /^Error: There is no saved work: /);
  assert.deepEqual(await course.files(), await course.step(3));
});

test('work in the folder of a service without its service.json is saved too', async (t) => {
  const course = await tinyCourse(t);
  await course.write('greeter/app.ts', '// mine\n');
  await course.remove('greeter/service.json');

  await course.put(1);
  assert.deepEqual(await course.files(), await course.step(1));
  await restoreWork(course);

  assert.equal(await course.read('greeter/app.ts'), '// mine\n');
  assert.ok(!existsSync(join(course.root, 'greeter/service.json')));
});

test('a file that a step lacks is removed; what is not part of the course stays', async (t) => {
  const course = await tinyCourse(t);
  await course.write('mine/thing.ts', 'export {};\n');
  await course.write('greeter/.env', 'SECRET=1\n');

  await course.put(4);

  assert.deepEqual(await course.files(), await course.step(4));
  assert.deepEqual(await readdir(join(course.root, 'greeter')), ['.env']);
  assert.equal(await course.read('mine/thing.ts'), 'export {};\n');
});

/** A folder outside of the course, with files that must not change. */
async function elsewhere(t: { after(end: () => unknown): void }, files: Record<string, string>) {
  const folder = await temporaryFolder(t);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

for (const number of [1, 4]) {
  test(`a service folder that is a link is saved and replaced by step ${number}; its target is untouched`, async (t) => {
    const course = await tinyCourse(t);
    const folder = await elsewhere(t, { 'app.ts': '// mine\n', 'service.json': '{ "port": 9001 }\n' });
    await course.remove('greeter');
    await symlink(folder, join(course.root, 'greeter'), 'junction');

    const saved = await course.put(number);

    assert.deepEqual(await course.files(), await course.step(number));
    if (number === 1) assert.equal((await lstat(join(course.root, 'greeter'))).isSymbolicLink(), false);
    assert.deepEqual(await readdir(folder), ['app.ts', 'service.json']);
    for (const place of [folder, join(saved!, 'greeter')])
      assert.equal(await readFile(join(place, 'app.ts'), 'utf8'), '// mine\n');
    await restoreWork(course);
    assert.equal(await course.read('greeter/app.ts'), '// mine\n');
  });
}

test('links within a service folder, to files and folders, are saved and replaced; their targets are untouched', async (t) => {
  const course = await tinyCourse(t);
  const folder = await elsewhere(t, { 'known.ts': '// known elsewhere\n', 'app.ts': '// app elsewhere\n' });
  await course.remove('greeter/names');
  await symlink(folder, join(course.root, 'greeter/names'), 'junction');
  await symlink(join(course.root, 'greeter'), join(course.root, 'greeter/round-and-round'), 'junction');
  const links = process.platform === 'win32' ? [] : ['greeter/app.ts', 'run.ts']; // need a privilege there
  for (const path of links) {
    await course.remove(path);
    await symlink(join(folder, 'app.ts'), join(course.root, path));
  }
  if (links.length > 0) await symlink('nowhere', join(course.root, 'greeter/dangling.ts'));
  const mine = await course.files();
  assert.equal(mine.get('greeter/names/known.ts'), '// known elsewhere\n');

  const saved = await course.put(2);

  assert.deepEqual(await course.files(), await course.step(2));
  assert.deepEqual(await readLessonFiles(saved!), mine);
  for (const path of [...links, 'greeter/names'])
    assert.equal((await lstat(join(course.root, path))).isSymbolicLink(), false, path);
  assert.equal(await readFile(join(folder, 'known.ts'), 'utf8'), '// known elsewhere\n');
  assert.equal(await readFile(join(folder, 'app.ts'), 'utf8'), '// app elsewhere\n');
});

test('the file that blocks a change is named, and the next command finishes the change without losing an edit', async (t) => {
  const course = await tinyCourse(t);
  await course.put(1);
  await mkdir(join(course.root, 'greeter/names/known.ts'), { recursive: true }); // a folder where a file should be

  await assert.rejects(
    course.put(2),
    /: greeter\/names\/known\.ts could not be changed \(.+\): remove what blocks it, then run npm run step /,
  );
  await course.remove('greeter/names');
  await course.write('run.ts', '// typed after that\n');

  const said = t.mock.method(console, 'error', () => {});
  await readWorkingCopy(course);

  assert.match(
    String(said.mock.calls[0]!.arguments[0]),
    /^An interrupted change to the working copy was finished; your changes since then are saved in \.workshop.saved.\S+\.$/,
  );
  assert.deepEqual(await course.files(), await course.step(2));
  await restoreWork(course);
  assert.equal(await course.read('run.ts'), '// typed after that\n');
});

test('the record of the step reached is replaced by a rename, and no other file remains', async (t) => {
  const course = await tinyCourse(t);
  await course.put(1);
  await recordReached('02-know-names', course);
  assert.equal(await course.read('.workshop/step'), '02-know-names\n');
  assert.deepEqual(await readdir(course.state), ['step']);
});
