import { existsSync, type Stats } from 'node:fs';
import { basename, join } from 'node:path';
import { messageOf, UserError } from '../errors.ts';
import { paint } from '../command-line/color.ts';
import { aborted } from '../command-line/interruption.ts';
import { monitoringFolder } from '../settings.ts';
import { watch } from '../watch.ts';
import { readServices, type Service } from './definition.ts';
import { readableLogLine } from './log-line.ts';
import { type RunningService, startService, type StartOptions } from './start.ts';
import { prefixes } from './prefix.ts';
import { type UsedParts, useParts } from '../parts/use.ts';
import { inTurn, sayWaiting } from './turn.ts';
import { portsOf, readyText, requireFreePorts, settingsOf } from './use.ts';

const RESTART_GRACE_MS = 300; // after a save, the new code matters more than the last spans of the old code

/** A supervised service: `waiting` for a save, because it didn't start or has exited. */
export interface SupervisedState {
  name: string;
  state: 'starting' | 'ready' | 'waiting';
}

/** How to supervise services, and what to tell about them. */
export interface SuperviseOptions {
  /** Shows what this service prints, and when the others start, stop, or crash. */
  only?: string | undefined;
  /** Called when a service starts, is ready, has exited, or is gone. */
  onStates?: (states: SupervisedState[]) => void;
  /** Called with a sentence if the services of another step can't be started; prints it unless given. */
  onProblem?: (sentence: string) => void;
}

/**
 * Runs the services of a folder until the signal, and restarts a service when one of its files changes. When another step
 * is put into the folder, stops the services that no longer exist and starts the new ones.
 * @throws UserError if there is no service, a port is in use, or a part is missing
 */
export async function superviseServices(
  stepFolder: string,
  signal: AbortSignal,
  { only, onStates, onProblem = console.error }: SuperviseOptions = {},
): Promise<void> {
  const states = new Map<string, SupervisedState>();
  const show = () => onStates?.([...states.values()]);
  const supervisors = new Map<string, ReturnType<typeof supervise>>();
  const parts: UsedParts[] = [];
  const settings = { stepFolder, places: new Map<string, string>() };

  async function adapt() {
    const services = await readServices(stepFolder);
    // The same name in another folder is another service: it may be shared in some steps only.
    const keyOf = ({ name, folder }: Service) => `${name} ${folder}`;
    const keys = new Set(services.map(keyOf));
    const gone = [...supervisors.keys()].filter((key) => !keys.has(key));
    await Promise.all(gone.map((key) => supervisors.get(key)!.stop()));
    for (const key of gone) {
      supervisors.delete(key);
      states.delete(key);
    }
    show();

    const fresh = services.filter((service) => !supervisors.has(keyOf(service)));
    for (const place of settingsOf(stepFolder, services, portsOf(services)).places)
      settings.places.set(...place);
    const used = await useParts(fresh, {
      onStarting: (title) => console.log(paint('gray', `Starting ${title} …`)),
      onReady: ({ title, pid, readyAfterMs }) =>
        console.log(`${readyText(title, readyAfterMs)} (process ${pid})`),
      settings,
      signal,
    });
    parts.push(used);
    await requireFreePorts(fresh, used.env);
    const prefixed = prefixes(services.map(({ name }) => name));
    for (const service of fresh) {
      const print = (text: string) => console.log(prefixed.get(service.name)!(text));
      const onLine = (line: string) => {
        if (only === undefined || only === service.title) print(readableLogLine(line, service.rings));
      };
      const options = { ports: portsOf(services), env: used.env, onLine };
      const onState = (state: SupervisedState['state']) => {
        states.set(keyOf(service), { name: service.name, state });
        show();
      };
      supervisors.set(keyOf(service), supervise(service, options, { print, onState }));
    }
  }

  /** Makes the parts reload the step's settings, which may have changed. */
  async function reload() {
    if (!existsSync(join(stepFolder, monitoringFolder))) return;
    const titles = (await Promise.all(parts.map((used) => used.reload()))).flat();
    for (const title of titles) console.log(paint('gray', `${title} has reloaded ${monitoringFolder}/.`));
  }

  try {
    await inTurn(adapt, { onWaiting: sayWaiting, signal });
    if (supervisors.size === 0)
      throw new UserError(`There are no services in ${stepFolder}: npm run step N puts step N there.`);

    let turn = Promise.resolve();
    const nextTurn = () =>
      (turn = turn
        .then(() => inTurn(adapt, { signal }))
        .then(reload)
        .catch((error) => {
          if (!signal.aborted) onProblem(messageOf(error));
        }));
    const watcher = watch(stepFolder, nextTurn, { depth: 1, ignored: isIrrelevant });
    const settingsWatcher = watch(join(stepFolder, monitoringFolder), nextTurn);

    await aborted(signal);
    await Promise.all([watcher.close(), settingsWatcher.close(), turn]);
    await Promise.all([...supervisors.values()].map((supervisor) => supervisor.stop()));
  } finally {
    for (const used of parts) await used.stop();
  }
}

/** Only the service.json files, one level below the step's folder, determine which services exist. */
function isIrrelevant(path: string, stats?: Stats): boolean {
  return stats?.isFile() ? basename(path) !== 'service.json' : /[\\/](?:node_modules|\.[^\\/]+)$/.test(path);
}

/**
 * Keeps one service running. Starts and stops wait for each other, so that the service never runs twice. A save, or the
 * end of the command, cancels a start.
 */
function supervise(
  service: Service,
  options: Pick<StartOptions, 'ports' | 'env' | 'onLine'>,
  { print, onState }: { print: (text: string) => void; onState: (state: SupervisedState['state']) => void },
) {
  let running: RunningService | undefined;
  let turn: Promise<void> = Promise.resolve();
  let stopping = false;
  let starting = new AbortController();

  async function restart({ signal }: AbortController) {
    const before = running;
    running = undefined;
    await before?.stop(RESTART_GRACE_MS);
    if (signal.aborted || !existsSync(join(service.folder, 'service.json'))) return;
    print(paint('gray', before ? 'restarting …' : 'starting …'));
    onState('starting');
    try {
      const started = await startService(service, { ...options, signal });
      running = started;
      const seconds = (started.readyAfterMs / 1_000).toFixed(1);
      print(paint('green', `ready${addressText(service)} after ${seconds} s (process ${started.pid})`));
      onState('ready');
      void started.ended.then(() => {
        if (running !== started || stopping) return;
        print(paint('red', 'exited. Waiting for the next save.'));
        onState('waiting');
      });
    } catch (error) {
      if (signal.aborted) return;
      // The rest of the message is its output, which is in its log file and usually has already been shown.
      print(paint('red', `${messageOf(error).split('\n')[0]} Waiting for the next save.`));
      onState('waiting');
    }
  }

  function restartNext() {
    starting.abort();
    const own = (starting = new AbortController());
    const before = turn;
    // A run.ts that is started now waits until the service is ready, instead of starting another one.
    const work = inTurn(() => before.then(() => restart(own)), { signal: own.signal }).catch((error) => {
      if (!own.signal.aborted) print(paint('red', messageOf(error)));
    });
    turn = Promise.all([before, work]).then(() => {});
  }
  restartNext();

  const watcher = watch(service.folder, restartNext);

  return {
    async stop() {
      stopping = true;
      starting.abort();
      await Promise.all([watcher.close(), turn]);
      await running?.stop();
    },
  };
}

function addressText({ port, protocol }: Service): string {
  if (port === undefined) return '';
  return protocol === 'grpc' ? ` at localhost:${port} (gRPC)` : ` at http://localhost:${port}`;
}
