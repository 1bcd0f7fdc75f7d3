import { existsSync, type Stats } from 'node:fs';
import { basename, join } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import { messageOf, UserError } from '../errors.ts';
import { paint } from '../command-line/colour.ts';
import { readServices, type Service } from './definition.ts';
import { type RunningService, startService } from './start.ts';
import { prefixes } from './prefix.ts';
import { requireNeeds } from '../parts/needs.ts';
import { portsOf, requireFreePorts } from './use.ts';

const RESTART_GRACE_MS = 300; // whoever saves wants to see the change, not the last spans of what was before
const SETTLE_MS = 80; // an editor may write a file in several steps, and changing the step touches many

/**
 * Runs all services of a folder until the signal, and starts one anew when a file of it changes. When others take
 * their place, as another step may bring them, those that are gone are ended and the new ones started.
 * @throws UserError when there is no service, one of their ports is held, or something that they need is missing
 */
export async function superviseServices(stepFolder: string, signal: AbortSignal): Promise<void> {
  const supervisors = new Map<string, Supervisor>();

  /** Ends what is gone and starts what is new. */
  async function adapt() {
    const services = await readServices(stepFolder);
    // A service of the same name in another folder is another one: it may be a shared one in one step only.
    const keyOf = ({ name, folder }: Service) => `${name} ${folder}`;
    const keys = new Set(services.map(keyOf));
    const gone = [...supervisors.keys()].filter((key) => !keys.has(key));
    await Promise.all(gone.map((key) => supervisors.get(key)!.stop()));
    for (const key of gone) supervisors.delete(key);

    const fresh = services.filter((service) => !supervisors.has(keyOf(service)));
    await requireFreePorts(fresh);
    await requireNeeds(fresh);
    const prefixed = prefixes(services.map(({ name }) => name));
    for (const service of fresh) {
      const print = (line: string) => console.log(prefixed.get(service.name)!(line));
      supervisors.set(keyOf(service), supervise(service, portsOf(services), print));
    }
  }

  await adapt();
  if (supervisors.size === 0)
    throw new UserError(`${stepFolder} holds no service: a folder with a service.json.`);

  let turn = Promise.resolve();
  const nextTurn = () => (turn = turn.then(adapt).catch((error) => console.error(messageOf(error))));
  const watcher = watch(stepFolder, { ignoreInitial: true, depth: 1, ignored: isNoServiceFile });
  const watching = afterSettling(watcher, nextTurn);

  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.all([watching.close(), turn]);
  await Promise.all([...supervisors.values()].map((supervisor) => supervisor.stop()));
}

interface Supervisor {
  stop(): Promise<void>;
}

/** Of all that is in a folder and one level below, only the service.json tell which services there are. */
function isNoServiceFile(path: string, stats?: Stats): boolean {
  return stats?.isFile() ? basename(path) !== 'service.json' : /[\\/](?:node_modules|\.[^\\/]+)$/.test(path);
}

/** Does something a little after files have changed. */
function afterSettling(watcher: FSWatcher, act: () => void) {
  let timer: NodeJS.Timeout | undefined;
  watcher.on('all', () => {
    clearTimeout(timer);
    timer = setTimeout(act, SETTLE_MS);
  });
  watcher.on('error', (error) => {
    console.error(`Saves are not seen any more (${messageOf(error)}): start this again after a change.`);
  });
  return {
    async close() {
      clearTimeout(timer);
      await watcher.close();
    },
  };
}

/**
 * Keeps one service running. Starts and stops wait for each other, so that there is never more than one of it; a start
 * that is out of date, because of a save or because all ends, is given up.
 */
function supervise(
  service: Service,
  ports: ReadonlyMap<string, number>,
  print: (line: string) => void,
): Supervisor {
  let running: RunningService | undefined;
  let turn: Promise<void> = Promise.resolve();
  let stopping = false;
  let starting = new AbortController();

  async function restart({ signal }: AbortController) {
    const before = running;
    running = undefined;
    await before?.stop(stopping ? undefined : RESTART_GRACE_MS);
    if (signal.aborted || stopping || !existsSync(join(service.folder, 'service.json'))) return;
    print(paint('gray', before ? 'starting again …' : 'starting …'));
    try {
      const started = await startService(service, { ports, onLine: print, signal });
      running = started;
      print(
        paint('green', `ready${addressText(service)} after ${(started.readyAfterMs / 1_000).toFixed(1)} s`),
      );
      void started.ended.then(() => {
        if (running === started && !stopping) print(paint('red', 'ended. Waiting for the next save.'));
      });
    } catch (error) {
      if (signal.aborted) return;
      // What it printed has been shown already, line by line; only the first line is news.
      print(paint('red', `${messageOf(error).split('\n')[0]} Waiting for the next save.`));
    }
  }

  function nextTurn() {
    starting.abort();
    const own = (starting = new AbortController());
    return (turn = turn.then(() => restart(own)));
  }
  void nextTurn();

  const watching = afterSettling(watch(service.folder, { ignoreInitial: true }), nextTurn);

  return {
    async stop() {
      stopping = true;
      await Promise.all([watching.close(), nextTurn()]);
    },
  };
}

function addressText({ port, protocol }: Service): string {
  if (port === undefined) return '';
  return protocol === 'grpc' ? ` at localhost:${port} (gRPC)` : ` at http://localhost:${port}`;
}
