/** Traces for the slides, recorded by running the steps: slides/traces/step-NN.json. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogRecord } from '../../workshop/trace/log-record.ts';
import { UserError } from '../../workshop/errors.ts';
import { projectFolder } from '../../workshop/settings.ts';
import { listSteps, type Step } from '../../workshop/course/list.ts';
import type { Span, Trace } from '../../workshop/trace/model.ts';
import { inDisplayOrder, treeOf } from '../../workshop/trace/tree.ts';

const slidesFolder = join(projectFolder, 'slides');

/** The arguments of run.ts for steps whose lesson is about a different call. */
const words: Record<number, string[]> = { 7: ['--band', 'not-a-uuid'] };

/** The words on the command line of a step's call; none if it is the usual one. */
export function wordsOf({ number }: Step): string[] {
  return words[number] ?? [];
}

/** The path of a step's recording. */
export function recordingFile(step: Step): string {
  return join(slidesFolder, 'traces', `step-${step.name.slice(0, 2)}.json`);
}

/** A trace and its log records, in chronological order. */
export interface Recording extends Trace {
  logs: LogRecord[];
}

/**
 * Reads the recorded trace of a step. It has no resources, because they describe the machine.
 * @throws UserError if there is none
 */
export async function readRecording(step: Step): Promise<Recording> {
  const text = await readFile(recordingFile(step), 'utf8').catch(() => {
    throw new UserError(`slides/traces has no trace of step ${step.number}: npm run docs records it.`);
  });
  const { traceId, spans, logs } = JSON.parse(text) as {
    traceId: string;
    spans: Omit<Span, 'resource'>[];
    logs: Omit<LogRecord, 'resource'>[];
  };
  const withResource = <Item>(item: Item) => ({ ...item, resource: {} });
  return { traceId, spans: spans.map(withResource), logs: logs.map(withResource) };
}

/** The part of a trace that is the same in every run: one line per span, indented by its depth. */
export function shapeOf(trace: Trace): string {
  const { nodes, parents } = inDisplayOrder(treeOf(trace.spans));
  const paths: string[] = [];
  for (const [index, { span, missingParent }] of nodes.entries()) {
    const above = paths[parents[index]!];
    const own = [
      `${span.service}: ${span.name}`,
      span.kind,
      ...(span.error ? ['error'] : []),
      ...(missingParent ? ['its parent is missing'] : []),
      Object.keys(span.attributes).toSorted().join(' '),
      span.traceState.replaceAll(/[0-9a-f]{16}/g, '<span id>'),
    ];
    paths.push(above === undefined ? own.join(', ') : `${above}\n  ${own.join(', ')}`);
  }
  return paths.toSorted().join('\n');
}

/** The steps whose recorded traces the slides show, by what they include. */
export async function recordedSteps(): Promise<Step[]> {
  const names = (await readdir(slidesFolder)).filter((name) => name.endsWith('.md'));
  const texts = await Promise.all(names.map((name) => readFile(join(slidesFolder, name), 'utf8')));
  const numbers = new Set(
    [...texts.join('\n').matchAll(SHOWS_TRACE)].flatMap(([, ...shown]) => shown.map(Number)),
  );
  return (await listSteps()).filter(({ number }) => numbers.has(number));
}

const SHOWS_TRACE =
  /\]\(<?(?:trace|tree|bars|span|header|tracestate|hop|invalid|journey|broken|fix|closing|bugs|error|links):(\d+)(?:\.\.(\d+))?/g;
