import { readCommandLine, wholeNumber } from '../command-line/main.ts';
import { UsageError } from '../errors.ts';
import type { Promised } from './indicators.ts';

/** What the calls of a chapter ask for. */
export interface Asked {
  /** The name of the response in the output of --json. */
  name: string;
  /** The help of the flag with that name; without it, there is no such flag. */
  choice?: string;
  /** What the services promise, for a chapter that measures it with Prometheus. */
  promise?: Promised;
}

/** The calls of chapter 1. */
export const aBand: Asked = {
  name: 'band',
  choice: 'ask for this band (the default is the one with reviews)',
};

/** The command line of a run.ts. */
export interface RunOptions {
  /** The id to ask for, if it isn't the default. */
  chosen?: string;
  times?: number;
  json: boolean;
  /** Whether to explain what is odd about the trace. */
  explain: boolean;
  /** Whether to show the log lines between the spans. */
  logs: boolean;
}

/** Reads the command line of a run.ts. Throws UsageError for an unknown flag or an invalid value. */
export function readRunOptions(asked: Asked): RunOptions {
  const flag = { [asked.name]: { type: 'string' } } as const;
  const { values } = readCommandLine({
    help: helpFor(asked),
    options: {
      ...(asked.choice === undefined ? {} : flag),
      times: { type: 'string' },
      json: { type: 'boolean' },
      explain: { type: 'boolean' },
      logs: { type: 'boolean' },
    },
  });
  const chosen = (values as Record<string, unknown>)[asked.name];
  if (chosen === '') throw new UsageError(`--${asked.name} takes an id, not "".`);
  return {
    ...(typeof chosen === 'string' && { chosen }),
    ...(values.times !== undefined && { times: wholeNumber('--times', values.times) }),
    json: values.json ?? false,
    explain: values.explain ?? false,
    logs: values.logs ?? false,
  };
}

function helpFor({ name, choice, promise }: Asked): string {
  const flag = `--${name} ID`;
  return `
npx tsx run.ts ${choice ? `[${flag}] ` : ''}[--times N] [--json] [--explain] [--logs]

Makes the call, and prints the response and the URL of its trace. Starts what isn't running yet: the services,
and a trace backend if Jaeger isn't running.

${choice ? `  ${flag}   ${choice}\n` : ''}  --times N   call N times, and print one line per call
  --explain   explain what is odd about the trace: long gaps, missing parents, clocks that differ
  --logs      show the log lines of the trace between the spans, if they arrived over OTLP
  --json      print one JSON object per call: ${name}, traceId, url, durationMs, spans${promise ? ', promise' : ''}
  --help      this text
`;
}
