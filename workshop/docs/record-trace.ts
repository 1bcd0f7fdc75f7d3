import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startBackend } from '../backend/start.ts';
import { queryTrace } from '../backend/query.ts';
import { UserError } from '../errors.ts';
import type { Trace } from '../trace/model.ts';

const run = promisify(execFile);

const TIMEOUT_MS = 120_000;
const recorded = new Map<string, Promise<Trace>>();

/**
 * Makes the call of a step with its own services, as `npx tsx steps/NN-name/run.ts` does, and gives its trace. A step
 * is called once, however often it is asked for. Random waits repeat.
 * @throws UserError when the call leaves no trace
 */
export function recordTrace(stepFolder: string): Promise<Trace> {
  const trace = recorded.get(stepFolder) ?? record(stepFolder);
  recorded.set(stepFolder, trace);
  return trace;
}

async function record(stepFolder: string): Promise<Trace> {
  const backend = await startBackend({ queryPort: 0, otlpGrpcPort: 0, otlpHttpPort: 0 });
  try {
    const env = {
      ...process.env,
      JAEGER_URL: backend.queryUrl,
      OTEL_EXPORTER_OTLP_ENDPOINT: backend.otlpGrpcUrl,
      OTLP_URL: backend.otlpHttpUrl,
      WORKSHOP_SEED: '1',
    };
    const words = ['--import', import.meta.resolve('tsx'), join(stepFolder, 'run.ts'), '--json'];
    const { stdout } = await run(process.execPath, words, { env, timeout: TIMEOUT_MS });
    const { traceId } = JSON.parse(stdout) as { traceId: string | null };
    const trace = traceId && (await queryTrace(backend.queryUrl, traceId));
    if (!trace) throw new UserError(`A call to ${stepFolder} left no trace.`);
    return trace;
  } finally {
    await backend.close();
  }
}
