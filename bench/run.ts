/**
 * npm run bench -- run: how long `npx tsx run.ts` takes, and how long a saved change takes to be live.
 *
 * A run is timed from starting the command to its exit, a save from writing the file until the service responds with
 * the change.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { readCommandLine, wholeNumber } from '#workshop/command-line/main';
import { copyProject, removeCopy } from '#tools/project-copy';
import { useServices } from '#workshop/services/use';
import { freePort } from '#workshop/net/ports';
import { projectFolder } from '#workshop/settings';
import { startBackendProcess } from './support/backend-process.ts';
import { eventually } from '../test/support/eventually.ts';
import { median } from './support/median.ts';

const help = `
npm run bench -- run [--rounds N]

Measures the median seconds that npx tsx run.ts takes, with nothing running and with the backend and both services
running, of which the call itself takes 0.1 to 0.5 s; and the median seconds from saving a service's file under
npm run services until the service responds with the change.

  --rounds N   rounds, of which the median is shown (5)
`;

const { values } = readCommandLine({ help, options: { rounds: { type: 'string' } } });
const rounds = wholeNumber('--rounds', values.rounds ?? '5');

for (const variable of ['BANDS_API_PORT', 'REVIEWS_API_PORT'])
  process.env[variable] = String(await freePort());
for (const variable of ['JAEGER_URL', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'OTLP_URL']) {
  process.env[variable] = `http://localhost:${await freePort()}`;
}

await timeRun(); // fills caches, because the first run after an installation compiles everything
const fromNothing = await measure();

const backend = await startBackendProcess();
Object.assign(process.env, backend.env);
const services = await useServices(projectFolder);
const allUp = await measure();
await services.stop();
const saved = median(await timeSaves());
await backend.stop();

console.log(`Node ${process.version}, ${availableParallelism()} cores, median of ${rounds}\n`);
console.log(`nothing running      ${fromNothing.toFixed(2)} s`);
console.log(`everything running   ${allUp.toFixed(2)} s`);
console.log(`ratio                ${(allUp / fromNothing).toFixed(2)}`);
console.log(`a save is live       ${saved.toFixed(2)} s`);

async function measure(): Promise<number> {
  const seconds: number[] = [];
  for (let round = 0; round < rounds; round++) seconds.push(await timeRun());
  return median(seconds);
}

async function timeRun(): Promise<number> {
  const since = performance.now();
  // npx is a script that Windows finds only through a shell
  const child = spawn('npx tsx run.ts', { cwd: projectFolder, stdio: 'ignore', shell: true });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`run.ts exited with ${code}, so the measurement is invalid.`);
  return (performance.now() - since) / 1_000;
}

/** Seconds from each of several saves until the service responds with the change. */
async function timeSaves(): Promise<number[]> {
  const folder = await copyProject();
  const file = join(folder, 'reviews-api', 'app.ts');
  const code = await readFile(file, 'utf8');
  const supervised = spawn(process.execPath, ['--import', 'tsx/esm', 'workshop/commands/services.ts'], {
    cwd: folder,
    stdio: 'ignore',
  });
  const ended = once(supervised, 'exit');
  try {
    await untilHealthy('');
    const seconds: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const mark = `saved-${round}`;
      const changed = code.replace(
        "{ service: 'reviews-api' }",
        `{ service: 'reviews-api', mark: '${mark}' }`,
      );
      const since = performance.now();
      await writeFile(file, changed);
      await untilHealthy(mark);
      seconds.push((performance.now() - since) / 1_000);
    }
    return seconds;
  } finally {
    supervised.kill('SIGINT');
    await ended;
    await removeCopy(folder);
  }
}

/** Waits until reviews-api is healthy and its health response contains a mark. */
function untilHealthy(mark: string): Promise<unknown> {
  const url = `http://localhost:${process.env['REVIEWS_API_PORT']}/health`;
  return eventually(
    async () => (await (await fetch(url)).text()).includes(mark),
    `reviews-api responds with "${mark}"`,
  );
}
