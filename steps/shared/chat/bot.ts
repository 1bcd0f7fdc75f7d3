import { OpsError, type OpsClient } from '#shared/ops/client/ops-client.ts';
import { reportText } from '#shared/ops/client/report-text.ts';
import type { Report } from '#shared/ops/client/reports.ts';
import { UsageError } from '#workshop/errors';
import type { Profile, Question, Reply, Responder } from './chat.ts';
import type { Command } from './command.ts';
import { cut } from './cut.ts';
import { RateLimit } from './rate-limit.ts';
import { RecentIds } from './recent-ids.ts';
import { wordsIn } from './words.ts';

const MOST_CHARACTERS = 1_000; // of a question
const MOST_PER_MINUTE = 20; // questions of a user

export interface BotSettings {
  commands: readonly Command[];
  /** The service that is meant if a question names none. */
  service: string;
  /** The system that the questions are about. */
  ops: OpsClient;
  /** Gives the time in ms. */
  now?: () => number;
}

/**
 * A bot that replies to people with the command that their question begins with. It tells another bot only once that it
 * doesn't talk to bots: two bots that reply to each other would never stop.
 */
export function createBot(settings: BotSettings): Responder {
  const botsTold = new RecentIds();
  const limit = new RateLimit(settings.now);

  return async (question) => {
    const { user } = question;
    if (botsTold.has(user)) return undefined;
    const { asked, secondsLeft } = limit.count(user);
    if (asked > MOST_PER_MINUTE + 1) return undefined; // this user knows already
    if (asked > MOST_PER_MINUTE)
      return sentence(`I reply to ${MOST_PER_MINUTE} questions a minute. Ask again in ${secondsLeft} s.`);

    const { isBot, zone } = await question.profile();
    if (isBot) return botsTold.isNew(user) ? sentence("I don't talk to other bots") : undefined;
    return cut(await replyTo({ ...question, zone }, settings));
  };
}

async function replyTo(
  { text, user, zone }: Question & Pick<Profile, 'zone'>,
  { commands, service, ops }: BotSettings,
): Promise<Reply> {
  if (text.length > MOST_CHARACTERS)
    return sentence(`Your question has ${text.length} characters, but I read ${MOST_CHARACTERS} at most.`);
  const words = wordsIn(text);
  if (words.length === 0 || /^help$/i.test(words[0]!)) return replyFrom(help(commands));
  const command = commands.find(({ name }) => beginsWith(words, name));
  if (!command)
    return sentence(`I don't know "${words.slice(0, 2).join(' ')}". Ask for help to see what I know.`);
  try {
    const after = words.slice(command.name.split(' ').length);
    return replyFrom(await command.run({ words: after, user, zone, service, ops }));
  } catch (error) {
    if (error instanceof UsageError || error instanceof OpsError) return sentence(error.message);
    console.error(error);
    return sentence('I failed because of a bug: see my log.');
  }
}

function help(commands: readonly Command[]): Report {
  return {
    sentence: 'I know these commands:',
    columns: [],
    rows: commands.flatMap(({ name, usage, does, options = {} }) => [
      [`${name} ${usage}`, does],
      ...Object.values(options).map((option) => [`  ${option.example}`, option.help]),
    ]),
  };
}

function beginsWith(words: string[], name: string): boolean {
  const count = name.split(' ').length;
  return words.slice(0, count).join(' ').toLowerCase() === name;
}

function sentence(text: string): Reply {
  return replyFrom({ sentence: text, columns: [], rows: [] });
}

/** A report as a reply, in which control characters are replaced: a service may have sent any text. */
function replyFrom({ link, ...report }: Report & { link?: string }): Reply {
  const [text, , ...lines] = reportText(report).split('\n');
  return { text: text!, lines, ...(link === undefined ? {} : { link }) };
}
