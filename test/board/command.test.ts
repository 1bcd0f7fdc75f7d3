import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext } from 'node:test';
import type { Room } from '#workshop/board/room';
import { freePort } from '#workshop/net/ports';
import { temporaryFolder } from '../support/environment.ts';
import { runScript, startScript } from '../support/process.ts';
import { slowTest, test } from '../support/tests.ts';

const boardCommand = 'workshop/commands/board.ts';
const joinCommand = 'workshop/commands/join.ts';

async function environment(t: TestContext) {
  const state = await temporaryFolder(t);
  return { ...process.env, NO_COLOR: '1', WORKSHOP_STATE: state, BOARD_PORT: String(await freePort()) };
}

test('npm run join says what travels and asks; nothing is sent without a yes, and --leave is forgotten on both sides', async (t) => {
  const env = await environment(t);
  const board = startScript(t, boardCommand, [], { env });
  await board.printed(/People join with: .*\n/);
  const url = /npm run join -- (\S+)/.exec(board.stdout)![1]!;
  assert.match(board.stdout, /^Only this machine can join\./);
  const members = async () =>
    (JSON.parse(await readFile(join(env.WORKSHOP_STATE, 'board.json'), 'utf8')) as Room).members;

  const run = async (answer: string, ...args: string[]) => {
    const subject = startScript(t, joinCommand, args, { env, stdin: 'pipe' });
    // After an answer, a terminal stays open.
    if (answer) subject.child.stdin!.write(answer);
    else subject.child.stdin!.end();
    return { code: await subject.ended, stdout: subject.stdout, stderr: subject.stderr };
  };
  const [refused, unanswered] = await Promise.all([run('n\n', url), run('', url)]);
  for (const { code, stdout } of [refused, unanswered]) {
    assert.match(stdout, /it two numbers.*\n\nYour code, .* are not sent, /);
    assert.match(stdout, /You have not joined\. Nothing was sent\.\n$/);
    assert.equal(code, 0);
  }
  assert.deepEqual(await members(), []);

  const joined = await run('y\n', url, '--name', ' Ada ');
  assert.equal(joined.stderr, '');
  assert.match(joined.stdout, /You have joined the board at http:\/\/localhost:\d+\.\n$/);
  assert.deepEqual(
    (await members()).map(({ nickname }) => nickname),
    ['Ada'],
  );
  assert.match((await run('', '--leave')).stdout, /^You have left the board\./);
  assert.deepEqual(await members(), []);
  board.child.kill('SIGINT');
  assert.equal(await board.ended, 0);
});

const misuses: [command: string, args: string[], sentence: RegExp][] = [
  [boardCommand, ['--host', '0.0.0.0'], /^--host needs an address of this machine that others can reach/],
  [boardCommand, ['--begins', '25:00'], /^--begins needs a time such as 9:30, not "25:00"\.$/],
  [boardCommand, ['--schedule', 'soon'], /^There is no schedule "soon"\. The schedules are ninety, /],
  [joinCommand, [], /^The URL is missing: /],
  [joinCommand, ['localhost:3050'], /^"localhost:3050" is not the URL of a board\./],
  [joinCommand, ['http://localhost:1/ABCDEF', '--name', ' '], /^A nickname has 1 to 24 characters/],
];
slowTest('what the commands do not understand: one sentence, and 2', async (t) => {
  const env = await environment(t);
  for (const [command, args, sentence] of misuses) {
    const { code, stdout, stderr } = await runScript(t, command, args, { env });
    assert.equal(code, 2, stderr);
    assert.equal(stdout, '');
    assert.match(stderr.trimEnd(), sentence);
  }
});
