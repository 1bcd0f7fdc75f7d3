/** Imported by a move.ts: moves the endpoint while it makes calls, and finds out where their spans arrive. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startBackend } from '#workshop/backend/start';
import { droppedIn } from '#workshop/check/dropped-spans';
import type { MoveReport } from '#workshop/check/judges/moving-endpoint';
import { interruption } from '#workshop/command-line/interruption';
import { main, readCommandLine, wholeNumber } from '#workshop/command-line/main';
import { useAll } from '#workshop/run/use-all';
import type { UsedServices } from '#workshop/services/use';
import { readLogs } from '#workshop/services/logs';
import { servicesIn } from './account.ts';
import { makeCalls, together } from './calls.ts';
import { openLine } from './line.ts';
import { moveText } from './move-text.ts';
import { settled, spansAt } from './place.ts';
import { Receivers } from './receivers.ts';
import { type Moves, reportOf } from './report.ts';

const help = `
npx tsx move.ts [--calls N] [--json]

Makes calls while the endpoint moves to a second trace backend and back, and shows where their spans have arrived. Before
the endpoint moves back, the second backend stops responding, and then its connections are closed. Then it makes calls
while there is no endpoint, until spans arrive again. Starts what isn't running yet.

  --calls N   make N calls while the endpoint moves, at least 40 (1000)
  --json      print one JSON object
`;

const FEWEST = 40;
const STALL_MS = 300; // long enough for an export to be in flight
const NOTICE_MS = 1_000; // services notice a change within a few ms, unless the machine is very busy
const FEW = 5;
const MOST_TRIES = 20;
const SAID_WITHIN_MS = 5_000;

/** Prints what became of the spans. Sets the exit code: 0; 1 if something could not be started or moved, or a call failed. */
export function move(folder: string): Promise<void> {
  return main(async () => {
    const { values } = readCommandLine({
      help,
      options: { calls: { type: 'string', default: '1000' }, json: { type: 'boolean' } },
    });
    const count = Math.max(FEWEST, wholeNumber('--calls', values.calls));
    const { services, backend } = await useAll(folder);
    try {
      return await interruption.orDone(moveAndShow(services, backend.url, count, values.json));
    } finally {
      await Promise.all([services.stop(), backend.close()]);
    }
  });
}

async function moveAndShow(services: UsedServices, backendUrl: string, count: number, json = false) {
  const before = await droppedSoFar(services);
  const report = reportOf(await makeMoves(services, backendUrl, count));
  if (json) console.log(JSON.stringify(report));
  else console.log(moveText(report, await newlyDropped(services, before, report)));
  return report.failed.moving + report.failed.withdrawn > 0 ? 1 : 0;
}

/** Makes the calls, and moves the endpoint meanwhile. */
async function makeMoves({ urls }: UsedServices, firstUrl: string, count: number): Promise<Moves> {
  const receivers = new Receivers(urls['trace-endpoint']);
  const url = urls['bands-api']!;
  const home = await receivers.where();
  const second = await startBackend({ queryPort: 0, otlpGrpcPort: 0, otlpHttpPort: 0 });
  const line = await openLine(Number(new URL(second.otlpGrpcUrl).port));
  const quarter = Math.floor(count / 4);
  const startMs = Date.now();
  const look = async () => [
    await spansAt(firstUrl, startMs, 2 * count),
    await spansAt(second.queryUrl, startMs, 2 * count),
  ];
  try {
    const before = await makeCalls(url, quarter);
    await receivers.moveTo(line.address);
    const away = await makeCalls(url, count - 2 * quarter);
    line.hold();
    const [back] = await Promise.all([makeCalls(url, quarter), returnHome()]);
    const places = await settled(look, together(before, away, back));

    await receivers.withdraw();
    const gone = await makeCalls(url, quarter);
    await receivers.moveTo(home);
    const { resuming, missing, last } = await untilResumed(servicesIn(places.flat()));
    // Each service sends its spans in order: after the last ones, nothing else is on its way.
    const [first = [], other = []] = await settled(look, last);
    return { before, away, back, gone, resuming, missing, first, second: other };
  } finally {
    await receivers.moveTo(home).catch(() => {}); // the error that ended the work is the one to show
    await line.cut();
    await second.close();
  }

  /** The second place doesn't respond any more when the endpoint moves back, and what is in flight to it fails. */
  async function returnHome() {
    await sleep(STALL_MS);
    await receivers.moveTo(home);
    await sleep(NOTICE_MS);
    await line.cut();
  }

  /** Makes a few calls at a time, until spans of these services arrive. */
  async function untilResumed(services: string[]) {
    let resuming = together();
    let last = resuming;
    let missing = services;
    for (let tries = 1; missing.length > 0 && tries <= MOST_TRIES; tries++) {
      last = await makeCalls(url, FEW);
      resuming = together(resuming, last);
      await sleep(STALL_MS);
      const spans = (await look()).flat().filter(({ traceId }) => last.traceIds.has(traceId));
      missing = services.filter((service) => !servicesIn(spans).includes(service));
    }
    return { resuming, missing, last };
  }
}

/** Waits until the services have said what they have dropped, and returns the number for each one whose log is here. */
async function newlyDropped(services: UsedServices, before: ReadonlyMap<string, number>, report: MoveReport) {
  const since = performance.now();
  for (;;) {
    const after = await droppedSoFar(services);
    const said = new Map([...after].map(([name, count]) => [name, count - (before.get(name) ?? 0)]));
    const isSaid = Object.entries(report.services).every(
      ([name, { withdrawn }]) => said.get(name) === withdrawn.sent - withdrawn.arrived,
    );
    if (isSaid || performance.now() - since > SAID_WITHIN_MS) return said;
    await sleep(STALL_MS);
  }
}

/** How many spans each service says that it has dropped since it was started; nothing for one whose log isn't here. */
async function droppedSoFar({ services }: UsedServices): Promise<Map<string, number>> {
  const dropped = new Map<string, number>();
  for (const { service, line } of await readLogs(services)) {
    const sum = droppedIn([line]).reduce((total, count) => total + count, 0);
    dropped.set(service, (dropped.get(service) ?? 0) + sum);
  }
  return dropped;
}
