import { readCommandLine, wholeNumber } from '../command-line/main.ts';
import { UsageError } from '../errors.ts';

/** What the calls of a chapter ask for. */
export interface Asked {
  /** The name of the answer, for --json. */
  name: string;
  /** What a flag of that name chooses, for the help; without it there is nothing to choose, and no such flag. */
  choice?: string;
}

/** What chapter 1 asks for. */
export const aBand: Asked = {
  name: 'band',
  choice: 'ask for this band (the default is the one with reviews)',
};

/** What the command line of a run.ts can say. */
export interface RunOptions {
  /** Which one to ask for, if the command line chose one. */
  chosen?: string;
  times?: number;
  json: boolean;
  /** Whether to say what is odd about the trace. */
  explain: boolean;
}

/** Reads the command line of a run.ts. Throws UsageError for a flag that it does not know, or a value it can't use. */
export function readRunOptions(asked: Asked): RunOptions {
  const flag = { [asked.name]: { type: 'string' } } as const;
  const { values } = readCommandLine({
    help: helpFor(asked),
    options: {
      ...(asked.choice === undefined ? {} : flag),
      times: { type: 'string' },
      json: { type: 'boolean' },
      explain: { type: 'boolean' },
    },
  });
  const chosen = (values as Record<string, unknown>)[asked.name];
  if (chosen === '') throw new UsageError(`--${asked.name} takes an id, not "".`);
  return {
    ...(typeof chosen === 'string' && { chosen }),
    ...(values.times !== undefined && { times: wholeNumber('--times', values.times) }),
    json: values.json ?? false,
    explain: values.explain ?? false,
  };
}

function helpFor({ name, choice }: Asked): string {
  const flag = `--${name} ID`;
  return `
npx tsx run.ts ${choice ? `[${flag}] ` : ''}[--times N] [--json] [--explain]

Makes the call, and prints the response and the URL of its trace. Starts what is not running yet: the services,
and a trace backend if no Jaeger is there.

${choice ? `  ${flag}   ${choice}\n` : ''}  --times N   call N times, and print a line for each
  --explain   say what is odd about the trace: long gaps, missing parents, clocks that differ
  --json      print one JSON object per call: ${name}, traceId, url, durationMs, spans
  --help      this text
`;
}
