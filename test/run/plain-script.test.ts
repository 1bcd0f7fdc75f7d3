import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { projectFolder } from '#workshop/settings';
import { freshBackend } from '../backend/backend.ts';
import { runScript } from '../support/process.ts';

const workshopImport = "import { type Call, run } from '#workshop/run';\n";
const workshopCall = 'await run(getBand, import.meta.dirname);';

test("run.ts without the workshop's run: the lines that are left deliver the root span", async (t) => {
  const backend = await freshBackend(t);
  const bands = createServer((_request, response) => void response.end('{}'));
  await once(bands.listen(0, 'localhost'), 'listening');
  t.after(() => bands.close().closeAllConnections());
  const lesson = await readFile(join(projectFolder, 'run.ts'), 'utf8');
  for (const line of [workshopImport, workshopCall]) assert.ok(lesson.includes(line), line);
  const url = `http://localhost:${(bands.address() as AddressInfo).port}`;
  const script = lesson
    .replace(workshopImport, 'type Call = { urls: Record<string, string>; band?: string };\n')
    .replace(workshopCall, `await getBand({ urls: { 'bands-api': '${url}' } });`);
  const parent = join(projectFolder, '.workshop', 'test');
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, 'plain-script-'));
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  await writeFile(join(folder, 'call.ts'), script);
  const env: NodeJS.ProcessEnv = { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: backend.otlpGrpcUrl };
  delete env['OTEL_BSP_SCHEDULE_DELAY']; // the SDK's own default: 5 s

  const { code, stderr } = await runScript(t, join(folder, 'call.ts'), [], { env });

  assert.equal(code, 0, stderr);
  assert.deepEqual(backend.store.operations.services(), ['caller']);
  assert.equal(backend.store.status().spans, 1);
});
