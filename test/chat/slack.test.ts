/** The bot in Slack: the real @slack/bolt, connected to a fake of Slack on this machine. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { OpsClient } from '#shared/ops/client/ops-client.ts';
import { createBot } from '#shared/chat/bot.ts';
import type { Command } from '#shared/chat/command.ts';
import { slackChat } from '#shared/chat/slack/slack.ts';
import { eventually } from '../support/eventually.ts';
import { BOT, startFakeSlack } from './fake-slack.ts';

const AT_BOT = `<@${BOT}>`;
const tokens = { botToken: 'xoxb-secret', appToken: 'xapp-secret' };

/** Repeats the words of the question, and whose it is. */
const repeat: Command = {
  name: 'repeat',
  usage: 'WORDS',
  does: 'repeats words',
  run: async ({ words, user, zone }) => ({
    sentence: `${user} in ${zone}:`,
    columns: [],
    rows: [[words.join(' ')]],
  }),
};
/** Replies with what somebody wrote into a trace. */
const hostile: Command = {
  name: 'hostile',
  usage: '',
  does: 'shows the text of a trace',
  run: async () => ({
    sentence: '<!channel>',
    columns: [],
    rows: [['```'], ['<!here> <@UGRACE> & \u0007'], ['```']],
  }),
};
const long: Command = {
  name: 'long',
  usage: '',
  does: 'gives 40,000 characters',
  run: async () => ({
    sentence: 'All lines:',
    columns: [],
    rows: Array.from({ length: 400 }, (_, index) => [`${String(index).padEnd(98)}.`]),
    link: 'http://localhost:16686/trace/1?a=b&c=d',
  }),
};

/** Starts Slack and the bot in it. */
async function startBotInSlack(t: TestContext) {
  const slack = await startFakeSlack();
  const ops = new OpsClient('localhost:1'); // no command of these tests needs it
  const stop = new AbortController();
  const chat = slackChat({ ...tokens, apiUrl: slack.url, pingTimeoutMs: 200 });
  const over = chat(createBot({ commands: [repeat, hostile, long], service: 'shop', ops }), stop.signal);
  t.after(async () => {
    stop.abort();
    await over;
    ops.close();
    slack.close();
  });
  await eventually(() => slack.connections() === 1, 'the bot is connected');
  return slack;
}

/** What the bot posts in reply to a mention of it. */
function textFor(words: string, user = 'UADA in Europe/Riga'): string {
  return `${user}:\n\`\`\`\n${words}\n\`\`\``;
}

test('a mention gets a reply in its thread, with the zone of the user', async (t) => {
  const slack = await startBotInSlack(t);
  const envelope = slack.mention(`${AT_BOT} repeat one`, { ts: '7.1' });
  await eventually(() => slack.posts.length === 1, 'the reply');
  slack.mention(`${AT_BOT} repeat two`, { user: 'UGRACE', ts: '8.1', thread_ts: '7.1' });
  await eventually(() => slack.posts.length === 2, 'the second reply');
  assert.ok(slack.acknowledged.includes(envelope));
  assert.deepEqual(
    slack.posts.map(({ channel, thread_ts, text }) => [channel, thread_ts, text]),
    [
      ['C1', '7.1', textFor('one')],
      ['C1', '7.1', textFor('two', 'UGRACE in America/New_York')],
    ],
  );
  slack.mention(`${AT_BOT} repeat three`, { user: 'UMARS' });
  await eventually(() => slack.posts.length === 3, 'the third reply');
  assert.equal(slack.posts[2]!.text, textFor('three', 'UMARS in UTC'));
});

test('events that arrive twice, or in another order, get one reply each, in the right thread', async (t) => {
  const slack = await startBotInSlack(t);
  for (const ts of ['3.0', '1.0', '2.0', '1.0', '3.0'])
    slack.mention(`${AT_BOT} repeat ${ts}`, { event_id: `Ev-${ts}`, ts });
  const last = slack.mention(`${AT_BOT} repeat 4.0`, { ts: '4.0' });
  await eventually(() => slack.posts.length === 4 && slack.acknowledged.includes(last), 'all replies');
  assert.deepEqual(slack.posts.map(({ thread_ts, text }) => [thread_ts, text]).toSorted(), [
    ['1.0', textFor('1.0')],
    ['2.0', textFor('2.0')],
    ['3.0', textFor('3.0')],
    ['4.0', textFor('4.0')],
  ]);
});

test('after a lost connection, it connects again, and still handles a repeated event once', async (t) => {
  const slack = await startBotInSlack(t);
  const repeated = { event_id: 'Ev-repeated', ts: '1.0' };
  slack.mention(`${AT_BOT} repeat before`, repeated);
  await eventually(() => slack.posts.length === 1, 'the first reply');
  for (const lose of [slack.requestReconnect, slack.breakConnection]) {
    const opened = slack.calls.filter((name) => name === 'apps.connections.open').length;
    lose();
    await eventually(
      () =>
        slack.calls.filter((name) => name === 'apps.connections.open').length > opened &&
        slack.connections() === 1,
      'the bot is connected again',
    );
    const posted = slack.posts.length;
    const again = slack.mention(`${AT_BOT} repeat before`, repeated);
    slack.mention(`${AT_BOT} repeat after`);
    await eventually(() => slack.posts.length > posted && slack.acknowledged.includes(again), 'the reply');
    assert.equal(slack.posts.length, posted + 1);
    assert.equal(slack.posts.at(-1)!.text, textFor('after'));
  }
});

test('when Slack limits the rate, the reply follows as soon as Slack allows it', async (t) => {
  const slack = await startBotInSlack(t);
  slack.limitNext('chat.postMessage');
  slack.mention(`${AT_BOT} repeat patience`);
  await eventually(() => slack.posts.length === 1, 'the reply');
  assert.equal(slack.calls.filter((name) => name === 'chat.postMessage').length, 2);
});

test('another bot, with or without a user, gets one reply', async (t) => {
  const slack = await startBotInSlack(t);
  for (const fields of [
    { user: 'UROBOT' },
    { user: 'UROBOT' },
    { user: undefined, bot_id: 'BOTHER' },
    { user: undefined, bot_id: 'BOTHER' },
    { user: BOT }, // the bot itself
  ])
    slack.mention(`${AT_BOT} repeat echo`, fields);
  slack.mention(`${AT_BOT} repeat done`);
  await eventually(() => slack.posts.some(({ text }) => text === textFor('done')), 'the reply to a person');
  await eventually(() => slack.posts.length === 3, 'the replies to bots');
  assert.equal(slack.posts.filter(({ text }) => text === "I don't talk to other bots").length, 2);
});

test('only mentions of the app outside of code are questions', async (t) => {
  const slack = await startBotInSlack(t);
  const silent = [
    slack.event({ type: 'message', user: 'UADA', channel: 'C1', ts: '1.0', text: 'repeat a message' }),
    slack.mention(`type \`${AT_BOT} repeat\``),
    slack.mention(`\`\`\`\n${AT_BOT} repeat\n\`\`\``),
  ];
  const table: [message: string, words: string][] = [
    [`${AT_BOT} repeat \`${AT_BOT}\``, AT_BOT],
    [`\`\`\`x\`\`\` please, <@${BOT}|bot>   repeat it`, 'it'],
    [`${AT_BOT} repeat \`operation="GET /a  b"\` “c  d”`, 'operation=GET /a  b c  d'],
    [`${AT_BOT} repeat a&lt;b &amp;lt; c&gt;d`, 'a<b &lt; c>d'],
    [
      `${AT_BOT} repeat <http://a.example/|a.example> <https://b.example/?c&amp;d>`,
      'a.example https://b.example/?c&d',
    ],
    [`${AT_BOT} Repeat ${AT_BOT} again`, `${AT_BOT} again`],
  ];
  for (const [message] of table) slack.mention(message);
  await eventually(() => slack.posts.length === table.length, 'all replies');
  assert.ok(silent.every((envelope) => slack.acknowledged.includes(envelope)));
  const escaped = (text: string) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  assert.deepEqual(
    new Set(slack.posts.map(({ text }) => text)),
    new Set(table.map(([, words]) => textFor(escaped(words)))),
  );
});

test('a reply mentions nobody, and its text cannot leave the code block', async (t) => {
  const slack = await startBotInSlack(t);
  slack.mention(`${AT_BOT} hostile`);
  await eventually(() => slack.posts.length === 1, 'the reply');
  assert.equal(
    slack.posts[0]!.text,
    "&lt;!channel&gt;\n```\n'''\n&lt;!here&gt; &lt;@UGRACE&gt; &amp; \u2407\n'''\n```",
  );
});

test('40,000 characters: a long question gets one sentence, and a long reply is cut', async (t) => {
  const slack = await startBotInSlack(t);
  const question = `${AT_BOT} repeat ${'x'.repeat(40_000)}`;
  slack.mention(question);
  await eventually(() => slack.posts.length === 1, 'the reply to a long question');
  assert.equal(slack.posts[0]!.text, 'Your question has 40007 characters, but I read 1000 at most.');
  slack.mention(`${AT_BOT} long`);
  await eventually(() => slack.posts.length === 2, 'the long reply');
  const lines = slack.posts[1]!.text.split('\n');
  assert.ok(slack.posts[1]!.text.length <= 4_000);
  assert.deepEqual(lines.slice(-3), [
    `… and ${400 - (lines.length - 5)} more`,
    '```',
    'http://localhost:16686/trace/1?a=b&amp;c=d',
  ]);
});
