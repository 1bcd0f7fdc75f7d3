import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { caller } from './observation.ts';
import { type Exchange, openRelay } from './relay.ts';
import { runChild } from './run-child.ts';

/** What run.ts printed after a response whose header contained a different trace id from that of its call. */
export interface SecondRun {
  header: string;
  /** The id in the header. */
  sent: string;
  /** The trace id that run.ts printed. */
  printed: string | undefined;
}

interface SecondRunOptions {
  folder: string;
  /** The environment in which it made the first call. */
  env: NodeJS.ProcessEnv;
  /** The variable that contains the port of the called service, and that port. */
  portVariable: string;
  port: number;
  signal: AbortSignal;
}

/**
 * Runs run.ts a second time and sends it the response to its first call, with another trace id in a header: only code
 * that reads the header can know this id. The service only receives health checks.
 */
export async function runAgain(
  { to, response }: Exchange,
  header: string,
  { folder, env, portVariable, port, signal }: SecondRunOptions,
): Promise<SecondRun> {
  const sent = randomBytes(16).toString('hex');
  const headers = [
    ...response!.headers.filter(([name]) => name.toLowerCase() !== header),
    [header, sent] as const,
  ];
  const relay = await openRelay({
    from: caller,
    to,
    port: () => port,
    respond: () => ({ ...response!, headers }),
  });
  try {
    // Without the SDK, because the spans of this run would look like those of another call.
    const changed = { [portVariable]: String(relay.port), OTEL_SDK_DISABLED: 'true' };
    const { output } = await runChild(join(folder, caller), { env: { ...env, ...changed }, signal });
    return { header, sent, printed: output?.traceId ?? undefined };
  } finally {
    await relay.close();
  }
}
