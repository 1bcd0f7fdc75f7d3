import { paint, wantsColour } from '../command-line/colour.ts';
import type { Trace } from '../trace/model.ts';
import { waterfallText } from '../trace/text.ts';
import { padEnd, printable, shortened, wrapped } from '../trace/terminal-text.ts';
import type { Step } from '../course/list.ts';
import type { CheckResult, Outcome } from './check.ts';
import type { Failure } from './lesson.ts';

/** How a result is shown. */
export interface ReportOptions {
  /** The name of the step's folder: 03-propagate-from-the-caller. */
  name: string;
  /** The step that follows; undefined after the last one. */
  next: Pick<Step, 'name'> | undefined;
  /** Columns; 100 if not given. */
  width?: number;
}

const MAX_WIDTH = 110;
const MAX_TRACES = 3; // a trace that broke into more pieces than that is told by the first ones
const LABEL = 'Expected  '.length;

/**
 * A result for people, as it is printed on stdout: the step, a line an expectation, what is said of the one that
 * failed, and a closing line.
 */
export function reportText(result: CheckResult, { name, next, width = 100 }: ReportOptions): string {
  const [, number, words] = /^(\d+)-(.+)$/.exec(name)!;
  const columns = Math.min(width, MAX_WIDTH);
  const failed = result.outcomes.find(({ status }) => status === 'failed');
  const head = paint('bold', `Step ${number}, ${words}`, process.stdout);
  const marks = result.outcomes.flatMap((outcome) => markLines(outcome, columns));
  const closing = failed
    ? `Step ${number} is not done yet: mend this, then npm run check ${Number(number)} again.`
    : `Step ${number} done: ${result.done}. ${next ? `Next: steps/${next.name}/README.md` : 'That was the last step.'}`;
  return [
    head,
    '',
    ...marks,
    '',
    ...(failed ? [...failureLines(failed.expect, failed.failure!, columns), ''] : []),
    paint(failed ? 'yellow' : 'green', closing, process.stdout),
  ].join('\n');
}

/** A result for programs. Traces are in it as their ids. */
export function reportJson({ passed, outcomes }: CheckResult, step: string, durationMs: number): string {
  const expectations = outcomes.map(({ expect, status, failure }) => {
    if (!failure) return { expect, status };
    const { found, cause, file, lines = [], traces = [] } = failure;
    return { expect, status, found, cause, file, lines, traces: traces.map(({ traceId }) => traceId) };
  });
  return JSON.stringify({ step, passed, durationMs: Math.round(durationMs), expectations });
}

function markLines({ expect, status }: Outcome, width: number): string[] {
  const [first, ...more] = wrapped(expect, width - 4);
  const mark = {
    met: () => paint('green', '✓', process.stdout),
    failed: () => paint('red', '✗', process.stdout),
    open: () => paint('dim', '·', process.stdout),
  }[status]();
  return [`  ${mark} ${first}`, ...more.map((line) => `    ${line}`)];
}

function failureLines(
  expect: string,
  { found, cause, file, lines = [], traces = [] }: Failure,
  width: number,
): string[] {
  const labelled = (label: string, text: string) =>
    wrapped(printable(text), width - LABEL).map((line, index) =>
      index === 0
        ? `${paint('bold', padEnd(label, LABEL), process.stdout)}${line}`
        : `${' '.repeat(LABEL)}${line}`,
    );
  return [
    ...labelled('Expected', `${expect}.`),
    ...labelled('Found', found),
    ...labelled('Cause', cause),
    ...labelled('Look at', file),
    ...(lines.length > 0
      ? [
          '',
          ...lines.map((line) => paint('dim', `  ${shortened(printable(line), width - 2)}`, process.stdout)),
        ]
      : []),
    ...traceLines(traces, width),
  ];
}

function traceLines(traces: Trace[], width: number): string[] {
  const shown = traces.slice(0, MAX_TRACES);
  const colour = wantsColour(process.stdout);
  const more = traces.length - shown.length;
  return [
    ...shown.flatMap((trace) => ['', waterfallText(trace, { width, colour })]),
    ...(more > 0 ? ['', `and ${more} more ${more === 1 ? 'trace' : 'traces'}`] : []),
  ];
}
