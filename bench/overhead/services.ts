import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '#workshop/net/ports';
import { projectFolder } from '#workshop/settings';

/** The running bands-api and reviews-api of the working copy. */
export interface Pair {
  url: string;
  stop(): Promise<void>;
}

/** Starts both services with this tracing file (undefined: untraced) and these variables; their logs are discarded. */
export async function startPair(
  tracing: string | undefined,
  env: Record<string, string> = {},
): Promise<Pair> {
  const bandsPort = await freePort();
  const reviewsPort = await freePort();
  const reviews = await startService('reviews-api', tracing, { ...env, PORT: String(reviewsPort) });
  const bands = await startService('bands-api', tracing, {
    ...env,
    PORT: String(bandsPort),
    REVIEWS_API_URL: `http://localhost:${reviewsPort}`,
  });
  return {
    url: `http://localhost:${bandsPort}`,
    stop: async () => {
      await stop(bands);
      await stop(reviews);
    },
  };
}

async function startService(name: string, tracing: string | undefined, env: Record<string, string>) {
  const imports = ['tsx', ...(tracing ? [tracing] : [])].flatMap((file) => ['--import', file]);
  const child = spawn(process.execPath, [...imports, 'main.ts'], {
    cwd: join(projectFolder, name),
    env: { ...process.env, ...env, SERVICE_NAME: name },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await once(child, 'message');
  return child;
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.disconnect();
  await ended;
}
