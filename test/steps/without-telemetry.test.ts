import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after } from 'node:test';
import { listSteps } from '#workshop/course/list';
import { freePort } from '#workshop/net/ports';
import { readServices } from '#workshop/services/definition';
import { start } from '../support/process.ts';
import { slowTest, test } from '../support/tests.ts';

const FUGAZI = '553be815-76f3-49db-b9d7-caca4b23cc3e';
const FAILS = '4d6cbb3b-0d7c-4c55-8d0f-6f5a8f9f2f10';
const OTHER = '8c7d0f3a-6f0e-4b3c-9d52-1b7f5a1e4c01';

/** What each service that speaks HTTP is asked: method and path. */
const requests: Record<string, string[]> = {
  'bands-api': [`GET /bands/${FUGAZI}`, `GET /bands/${OTHER}`, `GET /bands/${FAILS}`, 'GET /bands/fugazi'],
  'reviews-api': [`GET /reviews?band_id=${FUGAZI}`, `GET /reviews?band_id=${OTHER}`, 'GET /reviews'],
  'followers-api': ['GET /followers/ada', 'GET /followers/ADA', 'GET /followers'],
  'social-api': ['GET /weather', 'GET /users'],
  gateway: ['POST /api/checkout', 'GET /api/checkout', 'GET /api'],
};

const review = { uuid: OTHER, body: 'This is a review.', created: '2026-11-21T11:05:44.445Z' };
const reviews = createServer(({ url = '' }, response) => {
  response.writeHead(url.includes(FAILS) ? 500 : 200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(url.includes(FUGAZI) ? [review] : []));
});
await once(reviews.listen(0, 'localhost'), 'listening');
after(() => reviews.close().closeAllConnections());

const nowhere = await freePort();
const env: NodeJS.ProcessEnv = {
  ...process.env,
  REVIEWS_API_URL: `http://localhost:${(reviews.address() as AddressInfo).port}`,
  REVIEWS_TIMEOUT_MS: '60000',
  CHECKOUT_SERVICE_ADDRESS: `localhost:${nowhere}`,
  SOCIAL_API_URL: `http://localhost:${nowhere}`,
  DATABASE_URL: `postgres://localhost:${nowhere}/nowhere`,
  OTEL_EXPORTER_OTLP_ENDPOINT: `http://localhost:${nowhere}`,
};

interface App {
  step: string;
  service: string;
  file: string;
  /** Undefined in a step that does not trace this service yet. */
  tracing?: string;
}

const apps = (await Promise.all((await listSteps()).map(appsOf))).flat();
const plain = await responsesOf(apps);

const modes: Record<string, NodeJS.ProcessEnv> = {
  'with its tracing.ts': {},
  'with OTEL_SDK_DISABLED=true': { OTEL_SDK_DISABLED: 'true' },
  'with OTEL_TRACES_SAMPLER=always_off': { OTEL_TRACES_SAMPLER: 'always_off' },
};

// Steps with the same set-up share a process: starting one takes a second, and the set-up is what may interfere.
const setups = await byTracing();
// The SDK itself handles the variables, so it is enough to try them with the last set-up of each service.
const lastOf = new Map([...setups].map(([tracing, [app]]) => [app!.service, tracing]));
for (const [tracing, traced] of setups) {
  const { service } = traced[0]!;
  for (const [mode, variables] of Object.entries(modes)) {
    if (Object.keys(variables).length > 0 && lastOf.get(service) !== tracing) continue;
    const steps = traced.map(({ step }) => step.slice(0, 2)).join(', ');
    const isFast = mode === 'with its tracing.ts' && lastOf.get(service) === tracing;
    (isFast ? test : slowTest)(`${service} of ${steps} responds ${mode} as it does without`, async () => {
      const responses = await responsesOf(traced, tracing, variables);
      for (const app of traced) assert.deepEqual(responses.get(app), plain.get(app), app.file);
    });
  }
}

test('the services respond differently to different requests', () => {
  for (const app of apps) {
    const statuses = plain.get(app)!.map(({ status }) => status);
    assert.ok(new Set(statuses).size > 1, `${app.file}: ${statuses.join()}`);
  }
});

/** The services of a step that speak HTTP. */
async function appsOf({ name, folder }: { name: string; folder: string }): Promise<App[]> {
  const services = await readServices(folder);
  return services
    .filter(({ title }, index) => title in requests && services[index - 1]?.title !== title)
    .map((service) => {
      const tracing = join(service.folder, 'tracing.ts');
      const file = join(service.folder, 'app.ts');
      return { step: name, service: service.title, file, ...(existsSync(tracing) && { tracing }) };
    });
}

/** The apps that are traced, by a tracing.ts that they have in common. */
async function byTracing(): Promise<Map<string, App[]>> {
  const files = new Map<string, string>();
  const groups = new Map<string, App[]>();
  for (const app of apps) {
    if (!app.tracing) continue;
    const text = await readFile(app.tracing, 'utf8');
    const first = files.get(text) ?? app.tracing;
    files.set(text, first);
    groups.set(first, [...(groups.get(first) ?? []), app]);
  }
  return groups;
}

/** Starts some apps in one process, and gives what each responds to its requests, without what is random. */
async function responsesOf(served: App[], tracing?: string, variables: NodeJS.ProcessEnv = {}) {
  const ends: (() => unknown)[] = [];
  const subject = start(
    { after: (end) => ends.push(end) },
    process.execPath,
    [
      '--import',
      import.meta.resolve('tsx/esm'),
      ...(tracing ? ['--import', tracing] : []),
      join(import.meta.dirname, 'serve-apps.ts'),
      ...served.map(({ file }) => file),
    ],
    { env: { ...env, ...variables }, ipc: true },
  );
  try {
    const failed = subject.ended.then(() => {
      throw new Error(`ended before it served: ${subject.stderr}`);
    });
    const [ports] = (await Promise.race([once(subject.child, 'message'), failed])) as [number[]];
    const responses = await Promise.all(
      served.map(({ service }, index) =>
        Promise.all(requests[service]!.map((request) => responseTo(ports[index]!, request))),
      ),
    );
    subject.child.disconnect();
    await subject.ended;
    return new Map(served.map((app, index) => [app, responses[index]!]));
  } finally {
    for (const end of ends) end();
  }
}

async function responseTo(port: number, request: string) {
  const [method, path] = request.split(' ') as [string, string];
  const response = await fetch(`http://localhost:${port}${path}`, { method });
  const body = (await response.text())
    .replaceAll(/"uuid":"[\da-f-]{36}"/g, '"uuid":"…"')
    .replaceAll(/"created":"[^"]+"/g, '"created":"…"')
    .replace(/(?<=checkout failed: )[^"]+/, '…'); // gRPC words it as the moment has it
  return { request, status: response.status, body };
}
