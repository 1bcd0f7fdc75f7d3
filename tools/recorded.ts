/** Observations of steps that need a program that few machines have, such as a collector: recorded by `npm run test:scale`. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { type Observation, traceIdOf } from '../workshop/check/observation.ts';
import { readSources } from '../workshop/check/observe.ts';
import type { Step } from '../workshop/course/list.ts';
import { readServices } from '../workshop/services/definition.ts';
import { projectFolder } from '../workshop/settings.ts';

/** The path of a step's recording in the project. */
export function recordedPath({ name }: Pick<Step, 'name'>): string {
  return `test/where/recorded/${name}.json`;
}

/** Whether a step has a recording, which is then used instead of a run. */
export function isRecorded(step: Step): boolean {
  return existsSync(fileOf(step));
}

/** Reads the recording of a step. Its sources are those that the step has now. */
export async function readRecorded({ name, folder }: Step): Promise<Observation> {
  const text = await readFile(fileOf({ name }), 'utf8');
  const recorded = JSON.parse(text.replaceAll('<project>', projectFolder), readMap) as Observation;
  const services = await readServices(folder);
  return { ...recorded, folder, services, sources: await readSources(folder, services) };
}

/** The texts of the files with which a recording was made, by path. */
export async function recordedSources(step: Step): Promise<Map<string, string>> {
  const { sources } = JSON.parse(await readFile(fileOf(step), 'utf8'), readMap) as Observation;
  return sources;
}

/**
 * Records an observation without what is specific to the machine. If the lesson's programs print the id of a trace, what
 * belongs to this trace is left out, because their output says what became of it.
 */
export async function record(step: Step, seen: Observation): Promise<void> {
  const printed = [...seen.programs.values()].flatMap(({ stdout }) => stdout).join('\n');
  const isCounted = (traceId: string | undefined) => traceId !== undefined && printed.includes(traceId);
  const lines = [...seen.lines].map(([name, all]) => [name, all.filter((line) => !isRoutine(line))] as const);
  const recorded = {
    ...seen,
    folder: undefined,
    services: undefined,
    lines: new Map(lines),
    logs: seen.logs.filter(({ traceId }) => !isCounted(traceId)).map((one) => ({ ...one, resource: {} })),
    exchanges: seen.exchanges.filter((exchange) => !isCounted(traceIdOf(exchange))),
    traces: seen.traces
      .filter(({ traceId }) => !isCounted(traceId))
      .map((trace) => ({ ...trace, spans: trace.spans.map((span) => ({ ...span, resource: {} })) })),
  };
  const text = JSON.stringify(recorded, writeMap, 1)
    .replaceAll(projectFolder, '<project>')
    .replaceAll(hostname(), 'localhost');
  await mkdir(dirname(fileOf(step)), { recursive: true });
  await writeFile(fileOf(step), `${text}\n`);
}

function fileOf(step: Pick<Step, 'name'>): string {
  return join(projectFolder, recordedPath(step));
}

/** Whether a service logs this for each request. */
function isRoutine(line: string): boolean {
  return /"msg":"(?:incoming request|request completed)"/.test(line);
}

function writeMap(_key: string, value: unknown): unknown {
  return value instanceof Map ? { entriesOfMap: [...value] } : value;
}

function readMap(_key: string, value: unknown): unknown {
  const isMap = typeof value === 'object' && value !== null && 'entriesOfMap' in value;
  return isMap ? new Map(value.entriesOfMap as [unknown, unknown][]) : value;
}
