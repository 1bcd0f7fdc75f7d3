import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { accepts } from '#workshop/net/accepts';
import { freePort } from '#workshop/net/ports';

/** A folder that is gone when the test is over. */
export async function temporaryFolder(t: { after(end: () => unknown): void }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'workshop-'));
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** An environment in which the workshop has ports and a state folder to itself, so that tests can run side by side. */
export async function isolatedEnvironment(t: TestContext) {
  const ports = {
    query: await freePort(),
    otlpGrpc: await freePort(),
    otlpHttp: await freePort(),
    bands: await freePort(),
    reviews: await freePort(),
  };
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    JAEGER_URL: `http://localhost:${ports.query}`,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://localhost:${ports.otlpGrpc}`,
    OTLP_URL: `http://localhost:${ports.otlpHttp}`,
    BANDS_API_PORT: String(ports.bands),
    REVIEWS_API_PORT: String(ports.reviews),
    WORKSHOP_STATE: await temporaryFolder(t),
    WORKSHOP_SEED: '1',
    NO_COLOR: '1',
  };
  return { env, ports };
}

/** Whether nothing listens on any of some ports. */
export async function allClosed(ports: Record<string, number>): Promise<boolean> {
  const open = await Promise.all(Object.values(ports).map((port) => accepts(port)));
  return !open.includes(true);
}
