import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { startCommand } from '#tools/docs/command';
import { readProjectFile } from '#tools/project-files';
import { startBackend } from '#workshop/backend/start';
import { freePort } from '#workshop/net/ports';
import { projectFolder } from '#workshop/settings';
import { eventually } from '../../support/eventually.ts';
import { slowTest, test } from '../../support/tests.ts';

interface JaegerTrace {
  spans: { operationName: string }[];
  processes: Record<string, { serviceName: string; tags: { key: string; value: unknown }[] }>;
}

const page = await readProjectFile('docs/your-own-service.md');
const dockerfile = await readProjectFile('docs/your-own-service/Dockerfile');
const commands = [...page.matchAll(/^```sh\n((?:OTEL|node)[^]+?)\n```$/gm)].map(([, command]) => command!);
const skip = process.platform === 'win32' && 'the commands are for a POSIX shell';

const commandWith = (words: string) => commands.find((command) => command.includes(words))!;

/** Runs a command of the page, makes a call that is sampled and one that isn't, and stops it with SIGINT. */
async function tryOut(t: TestContext, command: string) {
  const backend = await startBackend({ queryPort: 0, otlpGrpcPort: 0, otlpHttpPort: 0 });
  t.after(() => backend.close());
  const port = await freePort();
  const service = startCommand(
    command.replaceAll('http://localhost:4317', backend.otlpGrpcUrl),
    join(projectFolder, 'docs/your-own-service'),
    { PATH: process.env.PATH, PORT: String(port), OTEL_EXPORTER_OTLP_ENDPOINT: backend.otlpGrpcUrl },
  );
  t.after(() => service.stop());
  await eventually(() => service.printed().includes('Server listening'), 'the service listens');

  const [sampled, unsampled] = [await callService(port, '01'), await callService(port, '00')];
  await service.stop();
  return {
    printed: service.printed(),
    traceId: sampled,
    sampled: await readTrace(backend.queryUrl, sampled),
    unsampled: await readTrace(backend.queryUrl, unsampled),
  };
}

/** Calls the service in a trace with these flags, and returns the id of the trace. */
async function callService(port: number, flags: string): Promise<string> {
  const traceId = randomBytes(16).toString('hex');
  const traceparent = `00-${traceId}-${randomBytes(8).toString('hex')}-${flags}`;
  const response = await fetch(`http://localhost:${port}/hello`, { headers: { traceparent } });
  assert.deepEqual(await response.json(), { hello: 'world' });
  return traceId;
}

async function readTrace(queryUrl: string, traceId: string): Promise<JaegerTrace | undefined> {
  const response = await fetch(`${queryUrl}/api/traces/${traceId}`);
  const { data } = (await response.json()) as { data: JaegerTrace[] | null };
  return data?.[0];
}

test('the packages that the page installs are those that its files import', async () => {
  const installed = [...page.matchAll(/^npm install (.+)$/gm)].flatMap(([, words]) => words!.split(' '));
  const tracing = await readProjectFile('docs/your-own-service/tracing.js');
  const imported = [...tracing.matchAll(/'(@opentelemetry\/[\w-]+)/g)].map(([, name]) => name!);
  assert.deepEqual(installed.toSorted(), [...new Set(['@opentelemetry/api', ...imported])].toSorted());
});

test(
  'the start command traces the service, and its last spans arrive when it is stopped',
  { skip },
  async (t) => {
    const { sampled, unsampled, printed, traceId } = await tryOut(t, commands[0]!);
    assert.equal(Object.values(sampled!.processes)[0]!.serviceName, 'hello');
    assert.ok(sampled!.spans.some(({ operationName }) => operationName === 'GET /hello'));
    assert.equal(unsampled, undefined);
    assert.match(printed, new RegExp(`"trace_id":"${traceId}"`));
  },
);

slowTest('the command of the Dockerfile is the start command', { skip }, async (t) => {
  const words = JSON.parse(/^CMD (.+)$/m.exec(dockerfile)![1]!) as string[];
  assert.ok(commands[0]!.endsWith(words.join(' ')));
  assert.ok((await tryOut(t, words.join(' '))).sampled);
});

slowTest('without the SDK, the service works and sends no spans', { skip }, async (t) => {
  const { sampled } = await tryOut(t, commandWith('OTEL_SDK_DISABLED=true'));
  assert.equal(sampled, undefined);
});

slowTest('the log level lets the SDK say what it sends', { skip }, async (t) => {
  assert.match((await tryOut(t, commandWith('OTEL_LOG_LEVEL=debug'))).printed, /items to be sent/);
});

test('the endpoint and the resource attributes reach the SDK', { skip }, async (t) => {
  const { sampled } = await tryOut(t, commandWith('OTEL_RESOURCE_ATTRIBUTES='));
  const { tags } = Object.values(sampled!.processes)[0]!;
  const valueOf = (name: string) => tags.find(({ key }) => key === name)?.value;
  assert.equal(valueOf('service.version'), '1.4.2');
  assert.equal(valueOf('deployment.environment.name'), 'production');
});

slowTest('a sampler for one trace in ten still follows what the caller has decided', { skip }, async (t) => {
  const { sampled, unsampled } = await tryOut(t, commandWith('OTEL_TRACES_SAMPLER='));
  assert.ok(sampled);
  assert.equal(unsampled, undefined);
});
