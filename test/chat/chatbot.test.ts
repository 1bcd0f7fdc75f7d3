/** The program of the bot: which chat it chooses, and what it prints. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { freePort } from '#workshop/net/ports';
import { projectFolder } from '#workshop/settings';
import { eventually } from '../support/eventually.ts';
import { runScript, startScript } from '../support/process.ts';
import { BOT, startFakeSlack } from './fake-slack.ts';

const program = 'steps/21-chat/chatbot/main.ts';
const tokens = { SLACK_BOT_TOKEN: 'xoxb-secret', SLACK_APP_TOKEN: 'xapp-secret' };

test('without tokens, it replies in the terminal, also through a pipe', async (t) => {
  const bot = startScript(t, program, ['--user', 'ada'], { stdin: 'pipe' });
  bot.child.stdin!.end('show trace\nchange sampling never\nhelp me\n');
  assert.equal(await bot.ended, 0);
  const [, ...replies] = bot.stdout.split('> ');
  assert.equal(replies[0], 'show trace\nI need one trace id: show trace ID.\n');
  assert.match(replies[1]!, /^change sampling never\nYou \(ada\) may not change the sampling/);
  assert.match(replies[2]!, /^help me\nI know these commands:\n {2}show trace ID +says what/);
  assert.equal(bot.stderr, '');
});

test('in a container, whose user may have no name, an unknown user asks', async (t) => {
  const env = { ...process.env, USER: undefined, USERNAME: undefined };
  const bot = startScript(t, program, [], { stdin: 'pipe', env });
  bot.child.stdin!.end('change sampling never\n');
  assert.equal(await bot.ended, 0);
  assert.match(bot.stdout, /^You \(unknown\) may not change the sampling/m);
});

test('with the tokens, it replies in Slack until it is stopped', async (t) => {
  const slack = await startFakeSlack();
  t.after(() => slack.close());
  const bot = startScript(t, program, [], { env: { ...process.env, ...tokens, SLACK_API_URL: slack.url } });
  await bot.printed(/Connected to Slack/);
  slack.mention(`<@${BOT}> show trace`);
  await eventually(() => slack.posts.length === 1, 'the reply');
  assert.equal(slack.posts[0]!.text, 'I need one trace id: show trace ID.');
  bot.child.kill('SIGTERM');
  assert.equal(await bot.ended, 143);
  assert.doesNotMatch(bot.stdout + bot.stderr, /secret/);
});

test('while Slack cannot be reached, it says so, tries again, and can be stopped', async (t) => {
  const SLACK_API_URL = `http://localhost:${await freePort()}/api/`;
  const bot = startScript(t, program, [], { env: { ...process.env, ...tokens, SLACK_API_URL } });
  await bot.printed(/http request failed[^]*http request failed/);
  bot.child.kill('SIGTERM');
  assert.equal(await bot.ended, 143);
  assert.doesNotMatch(bot.stdout + bot.stderr, /secret/);
});

test('it says what is wrong with the tokens, without printing them', async (t) => {
  const slack = await startFakeSlack();
  t.after(() => slack.close());
  slack.refuseTokens();
  const table: [env: NodeJS.ProcessEnv, sentence: RegExp][] = [
    [
      { SLACK_BOT_TOKEN: tokens.SLACK_BOT_TOKEN },
      /^SLACK_APP_TOKEN is not set: set both tokens for Slack, or neither for this terminal\.\n$/,
    ],
    [tokens, /^Slack doesn't accept SLACK_BOT_TOKEN: .*invalid_auth\n$/],
  ];
  for (const [variables, sentence] of table) {
    const env = { ...process.env, ...variables, SLACK_API_URL: slack.url };
    const { code, stdout, stderr } = await runScript(t, program, [], { env });
    assert.equal(code, 1);
    assert.match(stderr, sentence);
    assert.doesNotMatch(stdout + stderr, /secret/);
  }
});

test('the manifest of the app asks for what the bot uses', async () => {
  const file = join(projectFolder, 'steps/shared/chat/slack/manifest.yaml');
  const manifest = parse(await readFile(file, 'utf8'));
  // Slack documentation: each method and each event says which scope it needs.
  assert.deepEqual(manifest.oauth_config.scopes.bot, ['app_mentions:read', 'chat:write', 'users:read']);
  assert.deepEqual(manifest.settings.event_subscriptions.bot_events, ['app_mention']);
  assert.equal(manifest.settings.socket_mode_enabled, true);
});
