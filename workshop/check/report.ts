import { paint, wantsColor } from '../command-line/color.ts';
import type { Step } from '../course/list.ts';
import { padEnd, printable, shortened, wrapped } from '../trace/terminal-text.ts';
import { waterfallText } from '../trace/text.ts';
import type { Trace } from '../trace/model.ts';
import type { Evaluation, Outcome } from './check.ts';
import type { Failure } from './lesson.ts';

/** How to show a result. */
export interface ReportOptions {
  /** The name of the step's folder: 03-propagate-from-the-caller. */
  name: string;
  /** The step that follows; undefined after the last one. */
  next: Pick<Step, 'name'> | undefined;
  /** Whether this step passed before. */
  regression?: boolean;
  /** The steps that passed before and still pass, by name. */
  stillPassing?: string[];
  /** Files under steps/ that were edited. */
  editedFiles?: string[];
  /** Columns; 100 by default. */
  width?: number;
}

const MAX_WIDTH = 110;
const MAX_TRACES = 3; // if a trace was split into more parts, the first ones are enough
const LABEL = 'Expected  '.length;

/** A result for people, for stdout: the step, one line per expectation, details of the one that failed, and what to do next. */
export function reportText(result: Evaluation, options: ReportOptions): string {
  const { name, stillPassing = [], editedFiles = [], width = 100 } = options;
  const [, digits, words] = /^(\d+)-(.+)$/.exec(name)!;
  const number = Number(digits);
  const columns = Math.min(width, MAX_WIDTH);
  const failed = result.outcomes.find(({ status }) => status === 'failed');
  const timeout = result.outcomes.find(({ status }) => status === 'inconclusive')?.failure;
  const before = stillPassing.map((step) => Number(step.slice(0, 2))).join(', ');
  const note = failed && editedFiles.length > 0 ? wrapped(editedNote(editedFiles), columns) : undefined;
  return [
    paint('bold', `Step ${number}, ${words}`, process.stdout),
    '',
    ...(before
      ? markLines({ expect: `Passed before, and still passing: ${before}`, status: 'met' }, columns)
      : []),
    ...result.outcomes.flatMap((outcome) => markLines(outcome, columns)),
    '',
    ...(failed ? [...failureLines(failed.expect, failed.failure!, columns), ''] : []),
    ...(timeout ? [...labeled('Found', timeout.found, columns), ''] : []),
    ...(note ? [...note, ''] : []),
    paint(result.passed ? 'green' : 'yellow', closing(result, options, number), process.stdout),
  ].join('\n');
}

function closing({ passed, inconclusive, done }: Evaluation, options: ReportOptions, number: number): string {
  const { regression, next } = options;
  const command = `npm run check ${regression ? '' : number}`.trim();
  if (passed) {
    return `Step ${number} done: ${done}. ${next ? `Next: steps/${next.name}/README.md` : 'That was the last step.'}`;
  }
  if (inconclusive) {
    return `Step ${number} is inconclusive: this machine is too busy to tell. Run ${command} again when it is less busy.`;
  }
  return regression
    ? `Step ${number} passed before, but fails now: fix this, then run ${command} again.`
    : `Step ${number} is not done yet: fix this, then run ${command} again.`;
}

/** Points out that the check doesn't run the files under steps/. */
function editedNote(files: string[]): string {
  const copy = files[0]!.split('/').slice(2).join('/');
  return `Note: you edited ${files.join(', ')}. The check runs the working copy, so make this change in ${copy}. To restore the step, run git checkout HEAD -- ${files.join(' ')}`;
}

/** A result for programs, as one JSON object. Traces are given by their ids. */
export function reportJson(
  { passed, inconclusive, outcomes }: Evaluation,
  { name, regression = false, editedFiles = [] }: ReportOptions,
  durationMs: number,
): string {
  const expectations = outcomes.map(({ expect, status, failure }) => {
    if (!failure) return { expect, status };
    const { found, cause, file, lines = [], traces = [] } = failure;
    return { expect, status, found, cause, file, lines, traces: traces.map(({ traceId }) => traceId) };
  });
  const shared = { step: name, passed, inconclusive, regression, durationMs: Math.round(durationMs) };
  return JSON.stringify({ ...shared, expectations, editedFiles: passed ? [] : editedFiles });
}

function markLines({ expect, status }: Pick<Outcome, 'expect' | 'status'>, width: number): string[] {
  const [first, ...more] = wrapped(expect, width - 4);
  const mark = {
    met: () => paint('green', '✓', process.stdout),
    failed: () => paint('red', '✗', process.stdout),
    inconclusive: () => paint('yellow', '?', process.stdout),
    open: () => paint('dim', '·', process.stdout),
  }[status]();
  return [`  ${mark} ${first}`, ...more.map((line) => `    ${line}`)];
}

function failureLines(
  expect: string,
  { found, cause, file, lines = [], traces = [] }: Failure,
  width: number,
): string[] {
  const printed = lines.map((line) =>
    paint('dim', `  ${shortened(printable(line), width - 2)}`, process.stdout),
  );
  return [
    ...labeled('Expected', `${expect}.`, width),
    ...labeled('Found', found, width),
    ...labeled('Cause', cause, width),
    ...labeled('Look at', file, width),
    ...(printed.length > 0 ? ['', ...printed] : []),
    ...traceLines(traces, width),
  ];
}

function labeled(label: string, text: string, width: number): string[] {
  return wrapped(printable(text), width - LABEL).map((line, index) =>
    index === 0
      ? `${paint('bold', padEnd(label, LABEL), process.stdout)}${line}`
      : `${' '.repeat(LABEL)}${line}`,
  );
}

function traceLines(traces: Trace[], width: number): string[] {
  const shown = traces.slice(0, MAX_TRACES);
  const color = wantsColor(process.stdout);
  const more = traces.length - shown.length;
  return [
    ...shown.flatMap((trace) => ['', waterfallText(trace, { width, color })]),
    ...(more > 0 ? ['', `and ${more} more ${more === 1 ? 'trace' : 'traces'}`] : []),
  ];
}
