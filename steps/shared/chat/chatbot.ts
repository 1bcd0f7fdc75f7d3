import { OpsClient } from '#shared/ops/client/ops-client.ts';
import { userName } from '#shared/ops/client/user-name.ts';
import { interruption } from '#workshop/command-line/interruption';
import { main, readCommandLine } from '#workshop/command-line/main';
import { UserError } from '#workshop/errors';
import { createBot } from './bot.ts';
import type { Chat } from './chat.ts';
import type { Command } from './command.ts';
import { standardCommands } from './commands/standard.ts';
import { terminalChat } from './terminal.ts';

const help = `
Replies to questions about the running system: in Slack if SLACK_BOT_TOKEN and SLACK_APP_TOKEN are set, else in this
terminal. To see the questions, ask for help.

  npx tsx chatbot/main.ts [--user NAME]

Options:
  --user NAME   who asks in the terminal; by default, the name that you logged in with

Environment:
  SAMPLING_USERS   the users who may change the sampling, separated by commas; in Slack, their member ids
`;

/**
 * Runs the bot until the chat is over, with these commands in addition to its own. `service` is the one that is meant if a
 * question names none.
 */
export function runChatbot({ service, commands }: { service: string; commands: Command[] }): Promise<void> {
  return main(async () => {
    const { values } = readCommandLine({ help, options: { user: { type: 'string' } } });
    const chat = await chatFor(values.user ?? userName());
    const samplingUsers = new Set(process.env.SAMPLING_USERS?.split(',').map((user) => user.trim()));
    const ops = new OpsClient();
    try {
      const all = [...commands, ...standardCommands(samplingUsers)];
      await chat(createBot({ commands: all, service, ops }), interruption.signal);
    } finally {
      ops.close();
      setTimeout(() => process.exit(), 1_000).unref(); // Slack's client takes seconds to close its connection
    }
  });
}

async function chatFor(user: string): Promise<Chat> {
  const { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_API_URL: apiUrl } = process.env;
  if (!botToken && !appToken) return terminalChat(user);
  if (!botToken || !appToken) {
    const missing = botToken ? 'SLACK_APP_TOKEN' : 'SLACK_BOT_TOKEN';
    throw new UserError(`${missing} is not set: set both tokens for Slack, or neither for this terminal.`);
  }
  const { slackChat } = await import('./slack/slack.ts');
  return slackChat({ botToken, appToken, ...(apiUrl ? { apiUrl } : {}) });
}
