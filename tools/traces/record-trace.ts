import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startBackend } from '../../workshop/backend/start.ts';
import { traceOfCall } from '../../workshop/check/observation.ts';
import type { Step } from '../../workshop/course/list.ts';
import { UserError } from '../../workshop/errors.ts';
import { anyLogs, findLogs } from '../../workshop/backend/store/find-logs.ts';
import type { Recording } from './recordings.ts';
import type { Trace } from '../../workshop/trace/model.ts';
import { observationOf } from '../observations.ts';

const run = promisify(execFile);

const TIMEOUT_MS = 120_000;

/**
 * The trace of a step's call, from the observation of the step; or, given the name of a root span, another trace that
 * the call led to.
 * @throws UserError if the call leaves no such trace
 */
export async function traceOfStep(step: Step, root = ''): Promise<Trace> {
  const seen = await observationOf(step);
  const hasRoot = ({ spans }: Trace) => spans.some(({ parentId, name }) => !parentId && name === root);
  const trace = root ? seen.traces.find(hasRoot) : traceOfCall(seen);
  if (trace) return trace;
  throw new UserError(`A call to ${step.name} left no trace${root ? ` with a root "${root}"` : ''}.`);
}

/**
 * The trace of a step's call with its log records.
 * @throws UserError if the call leaves no trace
 */
export async function recordingOfStep(step: Step): Promise<Recording> {
  const trace = await traceOfStep(step);
  const { logs } = await observationOf(step);
  return { ...trace, logs: logs.filter(({ traceId }) => traceId === trace.traceId) };
}

/**
 * The trace of a call with words on the command line, as in `npx tsx steps/NN-name/run.ts WORDS`. Random waits are
 * reproducible.
 * @throws UserError if the call leaves no trace
 */
export async function recordTrace(stepFolder: string, words: readonly string[]): Promise<Recording> {
  const backend = await startBackend({ queryPort: 0, otlpGrpcPort: 0, otlpHttpPort: 0 });
  try {
    const env = {
      ...process.env,
      JAEGER_URL: backend.queryUrl,
      OTEL_EXPORTER_OTLP_ENDPOINT: backend.otlpGrpcUrl,
      OTLP_URL: backend.otlpHttpUrl,
      WORKSHOP_SEED: '1',
    };
    const command = [
      '--import',
      import.meta.resolve('tsx/esm'),
      join(stepFolder, 'run.ts'),
      '--json',
      ...words,
    ];
    const { stdout } = await run(process.execPath, command, { env, timeout: TIMEOUT_MS }).catch(withStatus);
    const { traceId } = JSON.parse(stdout) as { traceId: string | null };
    const trace = traceId === null ? undefined : backend.store.trace(traceId);
    if (!trace) throw new UserError(`A call to ${stepFolder} with ${words.join(' ')} left no trace.`);
    return { ...trace, logs: await findLogs(backend.logs, { ...anyLogs, traceId: trace.traceId }) };
  } finally {
    await backend.close();
  }
}

/** A run.ts whose call is refused exits with 1, but has printed the trace id. */
function withStatus(error: unknown): { stdout: string } {
  const { code, stdout } = error as { code?: unknown; stdout?: string };
  if (code === 1 && stdout) return { stdout };
  throw error;
}
