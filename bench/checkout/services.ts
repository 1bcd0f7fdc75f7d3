import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { environmentOf, readServices, type Service } from '#workshop/services/definition';
import { freePort } from '#workshop/net/ports';

/** The running services of a checkout step. */
export interface Checkout {
  /** The URL of the gateway. */
  url: string;
  /**
   * Resolves when this many more orders are acknowledged, with the time of the last one (of performance.now()).
   * Rejects after two minutes.
   */
  acknowledged(count: number): Promise<number>;
  /** Stops the services, which makes them send their last spans. Gives how often the stock was written. */
  stop(): Promise<{ writes: number }>;
}

const ACKNOWLEDGE_TIMEOUT_MS = 120_000;

/** Starts the services of a step on free ports, with or without their tracing.ts. */
export async function startCheckout(
  stepFolder: string,
  traced: boolean,
  env: Record<string, string>,
): Promise<Checkout> {
  const services = await readServices(stepFolder);
  const ports = new Map<string, number>();
  for (const { name, port } of services) if (port) ports.set(name, await freePort());
  let total = 0;
  let writes = 0;
  let waiting: { total: number; resolve: (atMs: number) => void } | undefined;

  // Stock logs each order right before its ack; the logs of the other services are discarded.
  function listen(child: ChildProcess) {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      if (line.includes('stock written')) writes++;
      if (!line.includes('order taken out of stock')) return;
      total++;
      if (waiting && total >= waiting.total) waiting.resolve(performance.now());
    });
  }

  const children = await Promise.all(
    services.map(async (service) => {
      const listens = service.consumes !== undefined;
      const child = start(service, traced, { ...env, ...environmentOf(service, ports) }, listens);
      if (listens) listen(child);
      await Promise.race([once(child, 'message'), endedTooSoon(child, service.name)]);
      return child;
    }),
  );

  return {
    url: `http://localhost:${ports.get('gateway')}`,
    acknowledged(count) {
      const wanted = total + count;
      return new Promise((resolve, reject) => {
        const tooLate = () =>
          reject(new Error(`Only ${total} of ${wanted} orders were acknowledged in time.`));
        const timer = setTimeout(tooLate, ACKNOWLEDGE_TIMEOUT_MS);
        const done = (atMs: number) => {
          clearTimeout(timer);
          resolve(atMs);
        };
        waiting = { total: wanted, resolve: done };
      });
    },
    async stop() {
      await Promise.all(children.map(end));
      return { writes };
    },
  };
}

function start(service: Service, traced: boolean, env: Record<string, string>, listens: boolean) {
  const imports = ['tsx/esm', ...(traced ? ['./tracing.ts'] : [])].flatMap((file) => ['--import', file]);
  return spawn(process.execPath, [...imports, 'main.ts'], {
    cwd: service.folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', listens ? 'pipe' : 'ignore', 'inherit', 'ipc'],
  });
}

async function endedTooSoon(child: ChildProcess, name: string): Promise<never> {
  const [code] = await once(child, 'exit');
  throw new Error(`${name} exited with ${code} before it was ready.`);
}

async function end(child: ChildProcess): Promise<void> {
  const ended = Promise.all([once(child, 'exit'), child.stdout && finished(child.stdout)]); // 'close' would not come
  child.disconnect();
  await ended;
}
