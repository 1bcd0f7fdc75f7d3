import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { freePort } from '#workshop/net/ports';
import { projectFolder } from '#workshop/settings';
import { temporaryFolder } from '../../support/environment.ts';
import { runScript, startScript } from '../../support/process.ts';
import { slowTest, test } from '../../support/tests.ts';

const command = 'workshop/commands/slides.ts';

/** The parts of the project that the command needs, in a folder that a test may change. */
async function copy(t: TestContext): Promise<string> {
  const folder = await temporaryFolder(t);
  for (const name of [
    'slides',
    'docs',
    'steps',
    'workshop',
    'tools',
    'bench',
    'package.json',
    'tsconfig.json',
  ]) {
    await cp(join(projectFolder, name), join(folder, name), { recursive: true });
  }
  await symlink(join(projectFolder, 'node_modules'), join(folder, 'node_modules'), 'junction');
  t.after(() => rm(join(folder, 'node_modules'), { force: true }));
  return folder;
}

/** Reads server-sent events until one with this name arrives; gives its data. */
async function nextEvent(stream: AsyncIterator<string>, name: string): Promise<string> {
  let text = '';
  for (;;) {
    const { value, done } = await stream.next();
    if (done) throw new Error(`the stream ended before "${name}":\n${text}`);
    text += value;
    const found = new RegExp(`event: ${name}\\ndata: (.*)\\n\\n`).exec(text);
    if (found) return found[1]!;
  }
}

test('the served deck notifies its pages of changes in the source, reports errors, and recovers', async (t) => {
  const folder = await copy(t);
  const port = await freePort();
  const served = startScript(t, command, ['--port', String(port)], { cwd: folder });
  await served.printed(/The talk is at http:\/\/127\.0\.0\.1:\d+\//);
  const url = `http://127.0.0.1:${port}/`;
  const get = async (path: string) => (await fetch(url + path)).text();
  assert.match(await get(''), /<html data-live lang="en"/);
  assert.equal((await fetch(`${url}nothing`)).status, 404);

  const changes = await fetch(`${url}changes`);
  assert.equal(changes.headers.get('content-type'), 'text/event-stream');
  const stream = changes.body!.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
  const file = join(folder, 'slides', 'step-03.md');
  const source = await readFile(file, 'utf8');

  await writeFile(file, source.replace('## Which trace is mine?', '## Whose trace is this?'));
  await nextEvent(stream, 'change');
  assert.match(await get(''), /Whose trace is this\?/);

  await writeFile(file, source.replace('#getBand)', '#gone)'));
  assert.match(await nextEvent(stream, 'problem'), /slides\/step-03\.md, ".+": .* no part "gone"/);
  await served.printed(/no part "gone"/);
  assert.match(await get(''), /Whose trace is this\?/, 'the previous deck is still served');

  await writeFile(file, source);
  await nextEvent(stream, 'change');
  assert.match(await get(''), /Which trace is mine\?/);

  served.child.kill('SIGINT');
  assert.equal(await served.ended, 0);
});

test('--build writes a self-contained folder', async (t) => {
  const folder = join(await temporaryFolder(t), 'deep', 'deck');
  const { code, stdout } = await runScript(t, command, ['--build', folder]);
  assert.equal(code, 0);
  assert.ok(stdout.includes(folder));
  const html = await readFile(join(folder, 'index.html'), 'utf8');
  const asked = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!);
  for (const path of asked.filter((each) => !/^(?:https:|data:|#)/.test(each))) {
    assert.ok(existsSync(join(folder, path)), path);
  }
  const css = await readFile(join(folder, 'deck.css'), 'utf8');
  assert.doesNotMatch(css, /url\((?!["']?(?:data:|#))/);
  assert.match(
    await readFile(join(folder, 'licenses.txt'), 'utf8'),
    /reveal\.js[^]*Hakim El Hattab[^]*SIL OPEN FONT LICENSE/i,
  );
});

slowTest('a missing part fails the build with one sentence and exit code 1', async (t) => {
  const folder = await copy(t);
  const file = join(folder, 'slides', 'step-08.md');
  await writeFile(
    file,
    (await readFile(file, 'utf8')).replace('#inject,propagators', '#injection,propagators'),
  );
  const { code, stderr } = await runScript(t, command, ['--build', join(folder, 'out')], { cwd: folder });
  assert.equal(code, 1);
  assert.match(stderr, /^slides\/step-08\.md, ".+": .* has no part "injection"\.\n$/);
});

slowTest('a port that is in use and an unknown flag each give one sentence', async (t) => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  t.after(() => holder.close());
  const { port } = holder.address() as { port: number };
  const held = await runScript(t, command, ['--port', String(port)]);
  assert.equal(held.code, 1);
  assert.match(
    held.stderr,
    new RegExp(`^Port ${port} is used by .*: stop it, or choose another port with --port\\.\\n$`),
  );

  for (const words of [
    ['--port', '99999'],
    ['--pdf', '--build'],
    ['folder'],
    ['--build', 'a', 'b'],
    ['--slow'],
    ['--notes'],
    ['--schedule', 'ninety'],
    ['--pdf', '--schedule', 'a-week'],
  ]) {
    const { code, stderr } = await runScript(t, command, words);
    assert.equal(code, 2, words.join(' '));
    assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
  }
});

slowTest('an invalid chapter gives an error with its name', async (t) => {
  const folder = await copy(t);
  const cases: [file: string, from: string, to: string, sentence: RegExp][] = [
    ['why.md', '# Why', '## Why', /slides\/why\.md must begin with its title/],
    ['why.md', '<!-- slide: title -->', '<!-- slide: tilte -->', /"tilte" is not a kind of slide/],
    ['why.md', 'Note:\n- minutes: 0.5 · 1', '- minutes: 0.5 · 1', /has no notes/],
    ['why.md', '](bars:05)', '](bras:05)', /cannot include bras:05/],
    ['step-02.md', '# 02. Trace bands-api', '# 02. Trace', /its step is "02\. Trace bands-api"/],
    ['deck.json', '"why"', '"why not"', /no slides\/why not\.md/],
  ];
  for (const [name, from, to, sentence] of cases) {
    const file = join(folder, 'slides', name);
    const source = await readFile(file, 'utf8');
    assert.ok(source.includes(from), `${name} has no ${from}`);
    await writeFile(file, source.replace(from, to));
    const { code, stderr } = await runScript(t, command, ['--build', join(folder, 'out')], { cwd: folder });
    assert.equal(code, 1, stderr);
    assert.match(stderr, sentence);
    await writeFile(file, source);
  }
});
