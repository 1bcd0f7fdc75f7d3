import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '#workshop/net/ports';
import { projectFolder } from '#workshop/settings';

/** The embedded backend in a process of its own, so that it shares no event loop with what measures it. */
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
