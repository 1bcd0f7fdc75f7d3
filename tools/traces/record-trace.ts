import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startBackend } from '../../workshop/backend/start.ts';
import { findTraces } from '../../workshop/backend/query.ts';
import { UserError } from '../../workshop/errors.ts';
import type { Span, Trace } from '../../workshop/trace/model.ts';

const run = promisify(execFile);

const TIMEOUT_MS = 120_000;

/** What a call left: the id that it learned, and all traces. */
interface Left {
  traceId: string | null;
  traces: Trace[];
}

const recorded = new Map<string, Promise<Left>>();

/** `words` stand on the command line of the call; `root` names the root of another trace that the call led to. */
export interface Wanted {
  words?: readonly string[];
  root?: string;
}

/**
 * Makes the call of a step with its own services, as `npx tsx steps/NN-name/run.ts` does, and gives its trace, or
 * another that it led to. A call is made once, however often it is asked for. Random waits repeat.
 * @throws UserError when the call leaves no such trace
 */
export async function recordTrace(stepFolder: string, { words = [], root }: Wanted = {}): Promise<Trace> {
  const call = [stepFolder, ...words].join(' ');
  const left = recorded.get(call) ?? record(stepFolder, words);
  recorded.set(call, left);
  const { traceId, traces } = await left;
  const isRoot = ({ parentId, name }: Span) => parentId === undefined && name === root;
  const isWanted = (each: Trace) => (root ? each.spans.some(isRoot) : each.traceId === traceId);
  const trace = traces.find(isWanted);
  if (!trace)
    throw new UserError(`A call to ${stepFolder} left no trace${root ? ` with a root "${root}"` : ''}.`);
  return trace;
}

async function record(stepFolder: string, more: readonly string[]): Promise<Left> {
  const backend = await startBackend({ queryPort: 0, otlpGrpcPort: 0, otlpHttpPort: 0 });
  try {
    const env = {
      ...process.env,
      JAEGER_URL: backend.queryUrl,
      OTEL_EXPORTER_OTLP_ENDPOINT: backend.otlpGrpcUrl,
      OTLP_URL: backend.otlpHttpUrl,
      WORKSHOP_SEED: '1',
    };
    const words = ['--import', import.meta.resolve('tsx'), join(stepFolder, 'run.ts'), '--json', ...more];
    const sinceMs = Date.now();
    const { stdout } = await run(process.execPath, words, { env, timeout: TIMEOUT_MS }).catch(withStatus);
    const { traceId } = JSON.parse(stdout) as { traceId: string | null };
    return { traceId, traces: await findTraces(backend.queryUrl, sinceMs) };
  } finally {
    await backend.close();
  }
}

/** A call that is refused ends with 1, and has printed its trace id all the same. */
function withStatus(error: unknown): { stdout: string } {
  const { code, stdout } = error as { code?: unknown; stdout?: string };
  if (code === 1 && stdout) return { stdout };
  throw error;
}
