/** The rules of the bot, without a chat system. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createBot } from '#shared/chat/bot.ts';
import type { Question } from '#shared/chat/chat.ts';
import type { Command } from '#shared/chat/command.ts';
import { RecentIds } from '#shared/chat/recent-ids.ts';
import { OpsClient } from '#shared/ops/client/ops-client.ts';
import { UsageError } from '#workshop/errors';

const ops = new OpsClient('localhost:1'); // no command of these tests needs it
after(() => ops.close());

const commands: Command[] = [
  {
    name: 'say hello',
    usage: 'NAME',
    does: 'says hello',
    async run({ words: [name] }) {
      if (!name) throw new UsageError('The name is missing: say hello NAME');
      return { sentence: `Hello ${name}`, columns: [], rows: [] };
    },
  },
  {
    name: 'fail',
    usage: '',
    does: 'fails',
    run: () => Promise.reject(new Error('a secret detail')),
  },
];

const asks = (text: string, fields: Partial<Question> = {}): Question => ({
  text,
  user: 'ada',
  profile: async () => ({ isBot: false, zone: 'UTC' }),
  ...fields,
});

test('a command gets the words after its name, and each wrong question its own sentence', async (t) => {
  const bot = createBot({ commands, service: 'shop', ops });
  t.mock.method(console, 'error', () => {}); // the bug below is logged
  const table: [question: string, text: string][] = [
    ['say hello ada', 'Hello ada'],
    ['  Say  HELLO  "ada b"  c', 'Hello ada b'],
    ['say hello', 'The name is missing: say hello NAME'],
    ['say', `I don't know "say". Ask for help to see what I know.`],
    ['say goodbye ada', `I don't know "say goodbye". Ask for help to see what I know.`],
    ['fail', 'I failed because of a bug: see my log.'],
    ['help', 'I know these commands:'],
    ['', 'I know these commands:'],
    ['x'.repeat(1_001), 'Your question has 1001 characters, but I read 1000 at most.'],
  ];
  for (const [question, text] of table) assert.equal((await bot(asks(question)))?.text, text);
  assert.deepEqual((await bot(asks('help')))?.lines, ['say hello NAME  says hello', 'fail            fails']);
});

test('another bot is told once, and never looked up again', async () => {
  const bot = createBot({ commands, service: 'shop', ops });
  const lookedUp: string[] = [];
  const told = async (user: string) => {
    const profile = async () => {
      lookedUp.push(user);
      return { isBot: true, zone: 'UTC' };
    };
    return (await bot(asks('say hello ada', { user, profile })))?.text;
  };
  assert.deepEqual(
    [await told('a'), await told('a'), await told('b'), await told('a')],
    ["I don't talk to other bots", undefined, "I don't talk to other bots", undefined],
  );
  assert.deepEqual(lookedUp, ['a', 'b']);
});

test('a user who asks too often is told once, and can ask again a minute later', async () => {
  let now = 0;
  const bot = createBot({ commands, service: 'shop', ops, now: () => now });
  let lookedUp = 0;
  const profile = async () => {
    lookedUp++;
    return { isBot: false, zone: 'UTC' };
  };
  const ask = async (user = 'ada') => (await bot(asks('say hello you', { user, profile })))?.text;
  for (let count = 0; count < 20; count++) assert.equal(await ask(), 'Hello you');
  now = 40_000;
  assert.equal(await ask(), 'I reply to 20 questions a minute. Ask again in 20 s.');
  assert.equal(await ask(), undefined);
  assert.equal(lookedUp, 20, 'a user who asks too often is not looked up');
  assert.equal(await ask('grace'), 'Hello you');
  now = 60_000;
  assert.equal(await ask(), 'Hello you');
});

test('the last thousand ids are remembered', () => {
  const ids = new RecentIds();
  for (let id = 0; id <= 1_000; id++) assert.ok(ids.isNew(String(id)));
  assert.ok(!ids.isNew('1'));
  assert.ok(ids.isNew('0'));
});
