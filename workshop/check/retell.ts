import { randomBytes } from 'node:crypto';
import { caller } from './observation.ts';
import { type Exchange, openRelay } from './relay.ts';
import { runChild } from './run-child.ts';

/** What run.ts made of an answer whose header says another trace id than the one that it sent. */
export interface Retold {
  header: string;
  /** The id in the header. */
  told: string;
  /** The id that run.ts took for that of its trace. */
  printed: string | undefined;
}

/** Where run.ts asks, and how it is run. */
export interface RetellOptions {
  folder: string;
  /** The environment in which it made the call. */
  env: NodeJS.ProcessEnv;
  /** The variable that says at which port the called service is, and that port. */
  portVariable: string;
  port: number;
  signal: AbortSignal;
}

/**
 * Runs run.ts once more and gives it the answer that it has had before, with another trace id in a header: only who
 * reads the header can know that id. The service does not hear of it.
 */
export async function retell(
  { to, answer }: Exchange,
  header: string,
  { folder, env, portVariable, port, signal }: RetellOptions,
): Promise<Retold> {
  const told = randomBytes(16).toString('hex');
  const headers = [
    ...answer!.headers.filter(([name]) => name.toLowerCase() !== header),
    [header, told] as const,
  ];
  const relay = await openRelay({
    from: caller,
    to,
    port: () => port,
    onExchange: () => {},
    cuts: () => false,
    instead: () => ({ ...answer!, headers }),
  });
  try {
    // Its spans, if it is traced itself, would be those of a call that nobody made.
    const unseen = { [portVariable]: String(relay.port), OTEL_SDK_DISABLED: 'true' };
    const { output } = await runChild(folder, { ...env, ...unseen }, signal);
    return { header, told, printed: output?.traceId ?? undefined };
  } finally {
    await relay.close();
  }
}
