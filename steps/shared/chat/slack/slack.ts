import { App, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { aborted } from '#workshop/command-line/interruption';
import { messageOf, UserError } from '#workshop/errors';
import type { Chat } from '../chat.ts';
import { RecentIds } from '../recent-ids.ts';
import { messageFrom, questionIn } from './slack-text.ts';

export interface SlackSettings {
  /** Begins with xoxb-. */
  botToken: string;
  /** Begins with xapp-, and has the scope connections:write. */
  appToken: string;
  /** The URL of Slack's API. */
  apiUrl?: string;
  /** How long to wait for the response to a ping, and how long before connecting again: 5 s by default. */
  pingTimeoutMs?: number;
}

/**
 * A chat in Slack's socket mode, which needs no public address: the bot opens the connection. It replies to mentions of
 * the app, in the thread of the question. If Slack isn't sure that an event arrived, it sends the event again, so each
 * is handled once.
 */
export function slackChat(settings: SlackSettings): Chat {
  const { botToken, appToken, apiUrl: slackApiUrl = 'https://slack.com/api/', pingTimeoutMs } = settings;
  return async (respond, signal) => {
    const logLevel = LogLevel.WARN; // says when Slack cannot be reached
    const receiver = new SocketModeReceiver({
      appToken,
      logLevel,
      installerOptions: { clientOptions: { slackApiUrl } },
      ...(pingTimeoutMs === undefined ? {} : { clientPingTimeout: pingTimeoutMs }),
    });
    const app = new App({
      token: botToken,
      receiver,
      logLevel,
      clientOptions: { slackApiUrl },
      deferInitialization: true,
    });

    const events = new RecentIds();
    app.event('app_mention', async ({ event, body, context, client, say }) => {
      if (!events.isNew(body.event_id)) return;
      const text = questionIn(event.text, context.botUserId!);
      if (text === undefined) return;
      const asker = event.user ?? event.bot_id!;
      const profile = async () => {
        const { user } = event.bot_id ? {} : await client.users.info({ user: asker });
        return { isBot: user?.is_bot ?? true, zone: knownZone(user?.tz) };
      };
      const reply = await respond({ text, user: asker, profile });
      if (reply) await say({ text: messageFrom(reply), thread_ts: event.thread_ts ?? event.ts });
    });
    app.error(async (error) => console.error(`Slack: ${messageOf(error)}`));

    const connecting = (async () => {
      await connected('SLACK_BOT_TOKEN', app.init());
      await connected('SLACK_APP_TOKEN', app.start());
      console.error('Connected to Slack. Press Ctrl-C to stop.');
    })();
    await Promise.race([connecting, aborted(signal)]);
    await aborted(signal);
    await app.stop();
  };
}

async function connected(token: string, connecting: Promise<unknown>): Promise<void> {
  try {
    await connecting;
  } catch (error) {
    throw new UserError(`Slack doesn't accept ${token}: ${messageOf(error)}`, { cause: error });
  }
}

/** The time zone of a user; UTC if Slack or Node.js doesn't know it. */
function knownZone(zone = 'UTC'): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}
