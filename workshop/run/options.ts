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

/** The command line of a run.ts. `chosen` is the id to ask for, if it isn't the default. */
export type RunOptions = ReturnType<typeof readRunOptions>;

/** Reads the command line of a run.ts. Throws UsageError for an unknown flag or an invalid value. */
export function readRunOptions(asked: Asked) {
  const flag = { [asked.name]: { type: 'string' } } as const;
  const { values } = readCommandLine({
    help: helpFor(asked),
    options: {
      ...(asked.choice === undefined ? {} : flag),
      times: { type: 'string' },
      json: { type: 'boolean', default: false },
      explain: { type: 'boolean', default: false },
      logs: { type: 'boolean', default: false },
    },
  });
  const { times, json, explain, logs } = values;
  const chosen = (values as Record<string, unknown>)[asked.name] as string | undefined;
  if (chosen === '') throw new UsageError(`--${asked.name} takes an id, not "".`);
  return {
    chosen,
    times: times === undefined ? undefined : wholeNumber('--times', times),
    json,
    explain,
    logs,
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
