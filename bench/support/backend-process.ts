import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '#workshop/net/ports';
import { projectFolder } from '#workshop/settings';

/** The embedded backend in a separate process, so that it doesn't share an event loop with the benchmark. */
export interface BackendProcess {
  pid: number;
  queryUrl: string;
  /** The environment variables for services that send their spans to it. */
  env: Record<string, string>;
  /** How many spans it has accepted so far. */
  accepted(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts the backend on free ports and waits until it is ready. */
export async function startBackendProcess(): Promise<BackendProcess> {
  const queryUrl = `http://localhost:${await freePort()}`;
  const env = {
    JAEGER_URL: queryUrl,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://localhost:${await freePort()}`,
    OTLP_URL: `http://localhost:${await freePort()}`,
  };
  const child = spawn(process.execPath, ['--import', 'tsx/esm', 'workshop/commands/backend.ts'], {
    cwd: projectFolder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout!, 'data'); // its only line says that it is ready

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
