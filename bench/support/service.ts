import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** Starts the service in a folder with this tracing file (undefined: untraced) and these variables; its logs are discarded. */
export async function startQuietly(
  folder: string,
  tracing: string | undefined,
  env: Record<string, string>,
): Promise<ChildProcess> {
  const imports = ['tsx/esm', ...(tracing ? [tracing] : [])].flatMap((file) => ['--import', file]);
  const child = spawn(process.execPath, [...imports, 'main.ts'], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [message] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  if (message !== 'ready') throw new Error(`The service in ${folder} exited before it was ready.`);
  return child;
}

/** Stops a service, which makes it send its last spans. */
export async function stopQuietly(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.disconnect();
  await ended;
}
