import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runCheck } from '#workshop/check/check';
import { freePort } from '#workshop/net/ports';
import { eventually } from '../support/eventually.ts';
import { assertFound, fewAtATime, type Finding, type Patch, patchedStep, stepNumber } from './support.ts';

/** A folder in which something does not run, and what the check must say. */
interface Accident extends Finding {
  title: string;
  /** One that `npm test` runs; `npm run test:rest` runs the others. */
  fast?: boolean;
  /** 6 by default, the first one that is fast. */
  step?: number;
  patch: Patch;
  /** For programs that never end. ms. */
  timeoutMs?: number;
}

// Long enough for run.ts to make its call on a machine that is busy with other work.
const SOON_MS = 20_000;
const TIMEOUT_MS = 300_000;

// A port that is in use.
const held = createServer();
const heldPort = await freePort();
await new Promise<void>((resolve) => held.listen(heldPort, 'localhost', resolve));
after(() => held.close());
const listen = 'port: Number(process.env.PORT ?? 8000)';
const handler = 'async function getBand({ params, signal }) {';

const forFugazi = "if (params.id.startsWith('553be815'))";

/** Makes each process of the folder write its id, to find out whether one is still running. */
const tellId =
  "import { writeFileSync } from 'node:fs';\nwriteFileSync(import.meta.filename + '.pid', String(process.pid));\n";
const writers = ['run.ts', 'bands-api/main.ts', 'reviews-api/main.ts'];

const all: Accident[] = [
  {
    title: 'a folder without services',
    fast: true,
    patch: { 'bands-api': null, 'reviews-api': null },
    expect: /The services exist/,
    cause: /npm run step -- --reset puts the current step back/,
    file: /^run\.ts$/,
  },
  {
    title: 'a service.json that is not valid JSON',
    fast: true,
    patch: { 'bands-api/service.json': '{' },
    expect: /The services exist/,
    cause: /npm run step -- --reset restores it/,
    file: /^bands-api\/service\.json$/,
  },
  {
    title: 'a syntax error in a service',
    fast: true,
    patch: { 'bands-api/app.ts': [[handler, 'async function getBand({ params, signal } {']] },
    expect: /bands-api starts/,
    found: /It exited before it was ready/,
    cause: /The file can't be parsed \(SyntaxError: Expected/,
    file: /^bands-api\/app\.ts:\d+$/,
  },
  {
    title: 'an import of a package that does not exist',
    patch: { 'bands-api/app.ts': [["from 'fastify'", "from 'fastifi'"]] },
    expect: /bands-api starts/,
    found: /^It exited before it was ready/,
    cause: /An import was not found.*'fastifi'/,
    file: /^bands-api\/app\.ts/,
  },
  {
    title: 'a function that is no longer exported',
    patch: { 'bands-api/app.ts': [['export function buildApp', 'function buildApp']] },
    expect: /bands-api starts/,
    cause: /^bands-api\/main\.ts:\d+ imports buildApp, which \.\/app\.ts does not export/,
    file: /^bands-api\/app\.ts$/,
  },
  {
    title: 'a loader hook that does not exist',
    patch: { 'bands-api/tracing.ts': [['instrumentation/hook.mjs', 'instrumentation/hook.js']] },
    expect: /bands-api starts/,
    cause: /An import was not found.*hook\.js.*check the spelling/,
    file: /^bands-api\/tracing\.ts$/,
  },
  {
    title: 'a loader hook without a parent URL',
    patch: { 'bands-api/tracing.ts': [["hook.mjs', import.meta.url", "hook.mjs'"]] },
    expect: /bands-api starts/,
    cause: /Pass import\.meta\.url as the second argument of register\(\)/,
    file: /^bands-api\/tracing\.ts$/,
  },
  {
    title: 'a fixed port that is in use',
    patch: { 'bands-api/main.ts': [[listen, `port: ${heldPort}`]] },
    expect: /bands-api starts/,
    found: /^It exited before it was ready/,
    cause: /The port is in use .*EADDRINUSE.*process\.env\.PORT/,
    file: /^bands-api\/main\.ts/,
  },
  {
    title: 'a fixed port that is free',
    patch: { 'bands-api/main.ts': [[listen, `port: ${await freePort()}`]] },
    expect: /bands-api listens on the port that it is given/,
    cause: /Its port is hard-coded/,
    file: /^bands-api\/main\.ts$/,
  },
  {
    title: 'a service that ends during the call',
    patch: { 'bands-api/app.ts': [[handler, `${handler}\n    process.exit(1);`]] },
    expect: /bands-api keeps running/,
    found: /It exited during the call/,
    cause: /Something in it ends the process/,
    file: /^bands-api\/main\.ts$/,
  },
  {
    title: 'an error in the handler of the second service',
    patch: {
      'reviews-api/app.ts': [['    return getReviews(', '    missing.thing();\n    return getReviews(']],
    },
    expect: /The call is successful/,
    found: /reviews-api responded to GET \/reviews.* from bands-api with status 500/,
    cause:
      /^reviews-api threw ReferenceError: missing is not defined\. Import or declare missing, or correct its spelling\.$/,
    file: /^reviews-api\/app\.ts:\d+$/,
  },
  // These steps' checks also make a call that is refused, or that fails: its error is not the one to name.
  ...([5, 7, 9].map((step) => ({
    title: `an error in the handler, beside a call of the check's own that is an error (step 0${step})`,
    step,
    patch: { 'bands-api/app.ts': [[handler, `${handler}\n    ${forFugazi} throw new Error('a mistake');`]] },
    expect: /The call is successful/,
    found: /bands-api responded to GET .* from run\.ts with status 500/,
    cause: /^bands-api threw Error: a mistake\.$/,
    file: /^bands-api\/app\.ts:\d+$/,
  })) satisfies Accident[]),
  ...([7, 9].map((step) => ({
    title: `a service that crashes, after a call of the check's own that is an error (step 0${step})`,
    step,
    patch: {
      'bands-api/app.ts': [
        [handler, `${handler}\n    ${forFugazi} setTimeout(crash, 0);`],
        ['const tracer', "const crash = () => { throw new Error('a mistake'); };\nconst tracer"],
      ],
    },
    expect: /bands-api keeps running/,
    found: /It exited during the call/,
    cause: /^It threw Error: a mistake\.$/,
    file: /^bands-api\/app\.ts:\d+$/,
  })) satisfies Accident[]),
  {
    title: 'an error in run.ts',
    patch: { 'run.ts': [["const flags = '01'", "missing.thing();\n  const flags = '01'"]] },
    expect: /run\.ts runs to completion/,
    cause: /An error in this function/,
    file: /^run\.ts/,
  },
  {
    title: 'raw bytes in a header of run.ts',
    patch: { 'run.ts': [["randomBytes(16).toString('hex')", 'randomBytes(16).toString()']] },
    expect: /run\.ts runs to completion/,
    found: /the value of the header traceparent is invalid/,
    cause: /hexadecimal digits/,
    file: /^run\.ts$/,
  },
  {
    title: 'a run.ts that calls a fixed address',
    patch: {
      'run.ts': [
        ["${urls['bands-api']}", `http://localhost:${heldPort + 1}`],
        ['{ urls, band = FUGAZI }', '{ band = FUGAZI }'],
      ],
    },
    expect: /run\.ts calls a service/,
    cause: /The address is hard-coded.*urls/,
    file: /^run\.ts$/,
  },
  {
    title: 'an endless loop in a handler',
    patch: { 'bands-api/app.ts': [[handler, `${handler}\n    for (;;);`]] },
    timeoutMs: SOON_MS,
    expect: /The call gets a response in time/,
    found: /bands-api had not responded to GET .* and it no longer responds to any request/,
    cause: /endless loop/,
    file: /^bands-api\/app\.ts$/,
  },
  {
    title: 'a handler that waits for something that never happens',
    patch: { 'bands-api/app.ts': [[handler, `${handler}\n    await new Promise(() => {});`]] },
    timeoutMs: SOON_MS,
    expect: /The call gets a response in time/,
    found: /but it still responds to other requests/,
    cause: /waits for something that never happens/,
    file: /^bands-api\/app\.ts$/,
  },
  {
    title: 'an endless loop in the service that bands-api waits for',
    patch: {
      'reviews-api/app.ts': [['    return getReviews(', '    for (;;);\n    return getReviews(']],
    },
    timeoutMs: SOON_MS,
    expect: /The call gets a response in time/,
    found:
      /reviews-api had not responded to GET .* from bands-api .*and it no longer responds to any request/,
    cause: /endless loop/,
    file: /^reviews-api\/app\.ts$/,
  },
  {
    title: 'a request in run.ts that is not awaited',
    patch: { 'run.ts': [['= await request(', '= request(']] },
    expect: /run\.ts runs to completion/,
    cause: /^Line \d+ does not wait for request\(…\): put await in front of it\.$/,
    file: /^run\.ts:\d+$/,
  },
  {
    title: 'a body in run.ts that is not awaited',
    patch: { 'run.ts': [['body: await response', 'body: response']] },
    expect: /run\.ts shows the response/,
    cause: /^Line \d+ does not wait for response\.body\.text\(…\): put await in front of it\.$/,
    file: /^run\.ts:\d+$/,
  },
  {
    title: 'an endless loop in run.ts',
    patch: { 'run.ts': [["const flags = '01'", "for (;;);\n  const flags = '01'"]] },
    timeoutMs: SOON_MS,
    expect: /The call gets a response in time/,
    found: /run\.ts had not exited after \d+ s/,
    cause: /contains an endless loop/,
    file: /^run\.ts$/,
  },
  {
    title: 'a service that responds with an empty object (step 1)',
    step: 1,
    patch: { 'bands-api/app.ts': [[handler, `${handler}\n    if (params.id) return {};`]] },
    expect: /gets the band Fugazi/,
    cause: /not the band that run\.ts asks for/,
    file: /^bands-api\/app\.ts$/,
  },
];

/** Tests the accidents that `npm test` runs, or the others. */
export function testAccidents(which: 'fast' | 'slow'): void {
  const accidents = all.filter(({ fast = false }) => fast === (which === 'fast'));
  const results = fewAtATime(3, accidents, async ({ step = 6, patch, timeoutMs = TIMEOUT_MS }) => {
    const { folder: stepFolder } = stepNumber(step);
    const folder = await patchedStep(stepNumber(step), patch);
    try {
      for (const file of writers) {
        if (existsSync(join(folder, file))) await prepend(join(folder, file), tellId);
      }
      const measure = async () => 1; // these tests are about programs that hang, even on a busy machine
      const result = await runCheck({ stepFolder, folder, timeoutMs, measure });
      await eventually(async () => (await living(folder)).length === 0, 'no process is running');
      return result;
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  });

  for (const [index, accident] of accidents.entries()) {
    test(`${accident.title}: a clear sentence, and no process keeps running`, async () => {
      assertFound(await results[index]!, accident);
    });
  }
}

async function prepend(file: string, text: string): Promise<void> {
  await writeFile(file, text + (await readFile(file, 'utf8')));
}

/** The ids of the folder's processes that are still running. */
async function living(folder: string): Promise<number[]> {
  const ids = await Promise.all(
    writers.map((file) => readFile(join(folder, `${file}.pid`), 'utf8').then(Number, () => undefined)),
  );
  return ids.filter((id): id is number => id !== undefined && isRunning(id));
}

function isRunning(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch {
    return false;
  }
}
