import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { freePort } from '#workshop/services/ports';
import { projectFolder } from '#workshop/settings';

/** The embedded backend in a process of its own, so that it shares no event loop and no memory with what measures it. */
export interface BackendProcess {
  pid: number;
  queryUrl: string;
  /** What services are started with to send their spans there. */
  env: Record<string, string>;
  /** How many spans it has taken so far. */
  accepted(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts it on free ports and waits until it is ready. */
export async function startBackendProcess(): Promise<BackendProcess> {
  const queryUrl = `http://localhost:${await freePort()}`;
  const env = {
    JAEGER_URL: queryUrl,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://localhost:${await freePort()}`,
    OTLP_URL: `http://localhost:${await freePort()}`,
  };
  const child = spawn(process.execPath, ['--import', 'tsx', 'workshop/commands/backend.ts'], {
    cwd: projectFolder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout!, 'data'); // its one line says that it is ready

  return {
    pid: child.pid!,
    queryUrl,
    env,
    async accepted() {
      const status = await fetch(`${queryUrl}/status`);
      return ((await status.json()) as { accepted: number }).accepted;
    },
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGINT');
      await ended;
    },
  };
}

/** How much memory of the machine a process takes, in MB of 10^6 bytes. Windows has no way to ask that is used here. */
export async function residentMb(pid: number): Promise<number> {
  const kibibytes =
    process.platform === 'linux'
      ? /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]
      : (await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)])).stdout;
  return (Number(kibibytes) * 1_024) / 1e6;
}
