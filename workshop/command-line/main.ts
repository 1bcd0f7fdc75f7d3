import { inspect, parseArgs, type ParseArgsConfig } from 'node:util';
import wrapAnsi from 'wrap-ansi';
import { isOthersFrame, messageOf, UsageError, UserError } from '../errors.ts';
import { interruption } from './interruption.ts';

const CTRL_C = 130; // the exit code that a command replaces with its own if Ctrl-C is how it usually ends

type ParseArgsOptionsConfig = NonNullable<ParseArgsConfig['options']>;

/** The description of a command: `help` is shown for --help, `options` are those of node:util's parseArgs. */
export interface CommandLine<Options extends ParseArgsOptionsConfig> {
  help: string;
  options: Options;
  /** The maximum number of other arguments; none by default. */
  positionals?: number;
}

/**
 * Reads the command line. With --help, it prints the help and exits.
 * @throws UsageError if an argument is unexpected, or a flag is unknown or lacks its value
 */
export function readCommandLine<Options extends ParseArgsOptionsConfig>(command: CommandLine<Options>) {
  try {
    const parsed = parseArgs({
      options: { ...command.options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
      strict: true,
    });
    if ((parsed.values as { help?: boolean }).help) {
      console.log(fitted(command.help.trim()));
      process.exit(0);
    }
    const unexpected = parsed.positionals[command.positionals ?? 0];
    if (unexpected !== undefined) throw new Error(`Unexpected argument '${unexpected}'`);
    return parsed as ReturnType<typeof parseArgs<{ options: Options; allowPositionals: true; strict: true }>>;
  } catch (error) {
    // Only the first sentence of Node's message: the rest is about arguments that begin with a dash.
    const [sentence] = messageOf(error).split(/\. /);
    throw new UsageError(`${sentence!.replace(/\.$/, '')}; --help lists the options.`, { cause: error });
  }
}

/**
 * Wraps lines that are too long for the terminal between words. The rest of a line starts in the same column as its
 * text: below the description of a flag, or with the indent of the line.
 */
function fitted(help: string): string {
  const columns = process.stdout.columns || Infinity; // 0 in a terminal that doesn't know its width
  return help
    .split('\n')
    .flatMap((line) => {
      if (line.length <= columns) return line;
      const [start = ''] = /^\s*(?:\S.*? {2,})?/.exec(line) ?? [];
      const room = Math.max(20, columns - start.length);
      const [first = '', ...rest] = wrapAnsi(line.slice(start.length), room).split('\n');
      return [start + first, ...rest.map((text) => ' '.repeat(start.length) + text)];
    })
    .join('\n');
}

/** Reads a flag's value as a whole number of at least 1, digits only. Throws UsageError if it isn't one. */
export function wholeNumber(flag: string, text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number >= 1) return number;
  throw new UsageError(`${flag} needs a whole number of at least 1, not "${text}".`);
}

/** Reads a flag's value as a port. Throws UsageError if it isn't one. */
export function portNumber(flag: string, text: string): number {
  const port = wholeNumber(flag, text);
  if (port < 65_536) return port;
  throw new UsageError(`${flag} needs a port from 1 to 65535, not "${text}".`);
}

/**
 * Runs a command and sets the exit code: its result, 1 for a UserError, 2 for a UsageError. If a signal interrupts it, the
 * exit code is 130 for Ctrl-C, unless the command handles that, 143 for SIGTERM, and 129 for SIGHUP.
 */
export async function main(command: () => Promise<number | void>): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(); // the reader has closed the pipe, as in `npm run diff 1 10 | head`
    console.error(`The output can't be written: ${messageOf(error)}`);
    process.exit(1);
  });
  process.on('uncaughtException', (error) => {
    const lines = inspect(error).split('\n'); // with its cause
    console.error(lines.filter((line) => !isOthersFrame(line)).join('\n'));
    process.exit(1);
  });
  try {
    const result = (await command()) ?? 0;
    const { exitCode = CTRL_C } = interruption;
    process.exitCode = exitCode === CTRL_C ? result : exitCode;
  } catch (error) {
    // The interrupted command may still wait for a response that is no longer needed.
    if (interruption.signal.aborted) process.exit(interruption.exitCode);
    if (error instanceof UsageError) process.exitCode = 2;
    else if (error instanceof UserError || isOfTheSystem(error)) process.exitCode = 1;
    else throw error;
    console.error(messageOf(error));
  }
}

/** Whether the machine refused something, such as writing to a full disk; the message says what, and which file. */
function isOfTheSystem(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
