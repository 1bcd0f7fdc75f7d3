/**
 * npm run bench -- run: how long `npx tsx run.ts` takes, from typing it to its last line, with nothing running and with
 * everything running already.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { readCommandLine, wholeNumber } from '#workshop/command-line/main';
import { useServices } from '#workshop/services/use';
import { freePort } from '#workshop/services/ports';
import { projectFolder } from '#workshop/settings';
import { startBackendProcess } from '../test/support/backend-process.ts';
import { median } from './support/median.ts';

const help = `
npm run bench -- run [--rounds N]

Seconds that npx tsx run.ts takes, medians: with nothing running, and with the backend and both services up. The call
itself takes 0.1 to 0.5 s of it, since a review takes so long to read.

  --rounds N   how often each is measured (5)
`;

const { values } = readCommandLine({ help, options: { rounds: { type: 'string' } } });
const rounds = wholeNumber('--rounds', values.rounds ?? '5');

for (const variable of ['BANDS_API_PORT', 'REVIEWS_API_PORT'])
  process.env[variable] = String(await freePort());
for (const variable of ['JAEGER_URL', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'OTLP_URL']) {
  process.env[variable] = `http://localhost:${await freePort()}`;
}

await timeRun(); // fills caches: the first run after an installation compiles everything
const fromNothing = await measure();

const backend = await startBackendProcess();
Object.assign(process.env, backend.env);
const services = await useServices(projectFolder);
const allUp = await measure();
await services.stop();
await backend.stop();

console.log(`Node ${process.version}, ${availableParallelism()} cores, median of ${rounds}\n`);
console.log(`nothing running      ${fromNothing.toFixed(2)} s`);
console.log(`everything running   ${allUp.toFixed(2)} s`);
console.log(`ratio                ${(allUp / fromNothing).toFixed(2)}`);

async function measure(): Promise<number> {
  const seconds: number[] = [];
  for (let round = 0; round < rounds; round++) seconds.push(await timeRun());
  return median(seconds);
}

async function timeRun(): Promise<number> {
  const since = performance.now();
  // npx is a script that Windows finds only by a shell
  const child = spawn('npx tsx run.ts', { cwd: projectFolder, stdio: 'ignore', shell: true });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`run.ts ended with ${code}: this measures nothing.`);
  return (performance.now() - since) / 1_000;
}
