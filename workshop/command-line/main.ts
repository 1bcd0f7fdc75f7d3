import { parseArgs, type ParseArgsConfig } from 'node:util';
import { messageOf, UsageError, UserError } from '../errors.ts';
import { interruption } from './interruption.ts';

const INTERRUPTED = 130; // 128 + SIGINT, as shells have it

type ParseArgsOptionsConfig = NonNullable<ParseArgsConfig['options']>;

/** What a command says about itself: `help` is shown for --help, `options` are those of node:util's parseArgs. */
export interface CommandLine<Options extends ParseArgsOptionsConfig> {
  help: string;
  options: Options;
  positionals?: boolean;
}

/**
 * Reads the command line. With --help it prints the help and ends the process.
 * @throws UsageError when a flag is unknown, has no value or has one too many
 */
export function readCommandLine<Options extends ParseArgsOptionsConfig>(command: CommandLine<Options>) {
  try {
    const parsed = parseArgs({
      options: { ...command.options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: command.positionals ?? false,
      strict: true,
    });
    if ((parsed.values as { help?: boolean }).help) {
      console.log(command.help.trim());
      process.exit(0);
    }
    return parsed as ReturnType<typeof parseArgs<{ options: Options; allowPositionals: true; strict: true }>>;
  } catch (error) {
    // Only the first sentence of Node's message: the rest is advice for flags that begin with a dash.
    const [sentence] = messageOf(error).split(/\. /);
    throw new UsageError(`${sentence!.replace(/\.$/, '')}; --help lists what can be said.`, { cause: error });
  }
}

/** Reads a flag's value as a whole number of at least 1, written in digits alone. Throws UsageError if it is none. */
export function wholeNumber(flag: string, text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number >= 1) return number;
  throw new UsageError(`${flag} takes a whole number from 1, not "${text}".`);
}

/** Runs a command and sets the exit code: what it returns, 1 for a UserError, 2 for a UsageError, 130 for Ctrl-C. */
export async function main(command: () => Promise<number | void>): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(); // whoever read has seen enough, as in `npm run diff 1 10 | head`
    throw error;
  });
  try {
    process.exitCode = (await command()) ?? 0;
  } catch (error) {
    // What was interrupted may still wait for an answer that nobody needs any more.
    if (interruption.signal.aborted) process.exit(INTERRUPTED);
    if (error instanceof UsageError) process.exitCode = 2;
    else if (error instanceof UserError) process.exitCode = 1;
    else throw error;
    console.error(messageOf(error));
  }
}
