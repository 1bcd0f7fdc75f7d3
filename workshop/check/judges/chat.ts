/** Judges of a chatbot: what it replied to the lines that the check typed into its terminal. */
import { noServerSpan } from '../causes.ts';
import type { Failure, Judge } from '../lesson.ts';
import { errorOfEnd, shownLines } from '../printed.ts';

/** The name of the program in a lesson. It repeats each question after `> `, then prints the reply. */
const PROGRAM = 'chatbot';
const MAIN = 'chatbot/main.ts';

/** A command that the learner writes: its name, and its file. */
export interface LearnersCommand {
  name: string;
  file: string;
}

/** The help lists the command. */
export function helpLists(command: LearnersCommand): Judge {
  return judged('help', command, (reply) => {
    if (reply.some((line) => line.trim().startsWith(command.name))) return 'ok';
    return { found: `The help of the bot doesn't list ${command.name}.`, ...notRegistered(command) };
  });
}

/** Asked with the id of the trace of run.ts, the command replies with its operations, and the URL of its page. */
export function repliesWithTrace(command: LearnersCommand): Judge {
  return (seen) => {
    const trace = seen.traces.find(({ traceId }) => traceId === seen.run.output?.traceId);
    if (!trace) return noServerSpan(seen, 'followers-api');
    const { traceId, spans } = trace;
    const question = `${command.name} ${traceId}`;
    return judged(question, command, (reply) => {
      const text = reply.join('\n');
      const missing = spans.find(({ name }) => !text.includes(name));
      if (missing) {
        return {
          found: `The reply to ${question} lacks the operation "${missing.name}". It begins with: ${reply[0]}`,
          cause: `ops.showTrace(id) gets what happened, and traceReport turns it into a reply.`,
        };
      }
      if (text.includes(`/trace/${traceId}`)) return 'ok';
      return {
        found: `The reply to ${question} has no link to the page of the trace.`,
        cause: 'The response of ops has the URL of the page: return it as link.',
      };
    })(seen);
  };
}

/** Asked without anything else, the command says how to ask. */
export function saysHowToAsk(command: LearnersCommand): Judge {
  return judged(command.name, command, (reply) => {
    if (reply.some((line) => line.includes(command.name))) return 'ok';
    return {
      found: `Without an id, ${command.name} gets this reply: ${reply[0]}`,
      cause: refuses(reply)
        ? `The sentence doesn't say how to ask: name the command in the text that onlyWord gets, such as "one trace id: ${command.name} ID".`
        : 'The question was passed on without an id. onlyWord refuses it with a sentence that says how to ask.',
    };
  });
}

type Verdict = 'ok' | (Pick<Failure, 'found' | 'cause'> & { file?: string });

/** Judges the reply to a question, if the bot knows the command and has not failed. */
function judged(question: string, command: LearnersCommand, judge: (reply: string[]) => Verdict): Judge {
  return (seen) => {
    const { stdout, stderr } = seen.programs.get(PROGRAM)!;
    const failure = { file: command.file, traces: [], lines: shownLines(stderr) };
    const error = errorOfEnd(stderr, seen.folder);
    const reply = replyTo(question, stdout);
    if (!reply) {
      return {
        ...failure,
        found: `npx tsx ${MAIN} printed no reply to ${question}.`,
        cause: stderr.some((line) => line.includes('ERR_MODULE_NOT_FOUND'))
          ? `The program is missing, or imports a file that doesn't exist: write ${MAIN} and ${command.file}.`
          : error
            ? `It threw ${error.message}.`
            : 'It does not call runChatbot, or never ends.',
        file: error?.place ?? MAIN,
      };
    }
    if (reply[0]?.startsWith("I don't know"))
      return { ...failure, found: `The bot replied to ${question}: ${reply[0]}`, ...notRegistered(command) };
    if (reply[0]?.startsWith('I failed')) {
      // The bot replies with the message of an OpsError, unless the call is not awaited: then it ends the program later.
      const thrown = error?.message.startsWith('OpsError:') ? undefined : error;
      return {
        ...failure,
        found: `The bot failed when it was asked ${question}.`,
        cause: `${thrown ? `It threw ${thrown.message}.` : 'It threw an error.'} ${
          thrown?.message.startsWith('Error:')
            ? 'The bot replies with the message of a UsageError only.'
            : 'Every method of ops returns a promise: is there an await? And does run return a report?'
        }`,
        file: thrown?.place ?? command.file,
      };
    }
    const verdict = judge(reply);
    return verdict === 'ok' ? verdict : { ...failure, ...verdict };
  };
}

/** Whether the reply is the sentence of onlyWord. */
function refuses([first = '']: string[]): boolean {
  return first.startsWith('I need ');
}

/** The lines between a question and the next; undefined if the bot was not asked. */
function replyTo(question: string, lines: readonly string[]): string[] | undefined {
  const asked = lines.indexOf(`> ${question}`);
  if (asked < 0) return undefined;
  const after = lines.slice(asked + 1);
  const next = after.findIndex((line) => line.startsWith('> '));
  const reply = next < 0 ? after : after.slice(0, next);
  return reply.length > 0 ? reply : undefined;
}

function notRegistered({ name }: LearnersCommand) {
  return {
    cause: `The command is not registered: pass it to runChatbot in commands. Its name must be '${name}'.`,
    file: MAIN,
  };
}
