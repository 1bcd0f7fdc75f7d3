import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as grpc from '@grpc/grpc-js';
import { freePort } from '#workshop/net/ports';
import { environmentOf, readServices } from '#workshop/services/definition';
import { checkoutService } from '#shared/protos/services.ts';
import { type Patch, patchedStep, stepNumber } from '../check/support.ts';
import type { Broker } from '../support/broker.ts';
import { start, type Subject } from '../support/process.ts';

type Closer = { after(end: () => unknown): void };

/** One service of a step, in a process of its own. */
export interface Started {
  subject: Subject;
  /** 0 if it has no port. */
  port: number;
  /** How many lines that contain some words the service has printed. */
  lines(words: string): number;
}

const READY = { gateway: /Server listening/, checkout: /Server listening/, stock: /Connected to RabbitMQ/ };
export type Name = keyof typeof READY;

interface StartOptions {
  broker: Pick<Broker, 'env'>;
  env?: NodeJS.ProcessEnv;
  /** Whether its tracing.ts is loaded; true if not given. */
  traced?: boolean;
  /** What it prints when it is ready, if that is not what it prints when it serves. */
  ready?: RegExp;
}

/**
 * A copy of a step, changed as `patch` says, whose services have a minute to exit: on a busy machine, two seconds are not
 * always enough. A service that hangs still exits with 1.
 */
export async function patientStep(t: Closer, number: number, patch: Patch = {}): Promise<string> {
  const step = stepNumber(number);
  const time: [string, string][] = [['}, 2_000).unref();', '}, 60_000).unref();']];
  const mains = Object.keys(READY)
    .map((name) => `${name}/main.ts`)
    .filter((path) => existsSync(join(step.folder, path)));
  const folder = await patchedStep(step, {
    ...Object.fromEntries(mains.map((path) => [path, time])),
    ...patch,
  });
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** Starts a service of a step and waits until it is ready. */
export async function startService(
  t: Closer,
  step: string,
  name: Name,
  { broker, env = {}, traced = true, ready = READY[name] }: StartOptions,
): Promise<Started> {
  const services = await readServices(step);
  const service = services.find((one) => one.name === name)!;
  const port = service.port ? await freePort() : 0;
  const ports = new Map([[name as string, port]]);
  const imports = [
    '--import',
    import.meta.resolve('tsx/esm'),
    ...(traced ? ['--import', './tracing.ts'] : []),
  ];
  const subject = start(t, process.execPath, [...imports, 'main.ts'], {
    cwd: service.folder,
    env: { ...process.env, ...broker.env, ...environmentOf(service, ports), ...env },
    ipc: true,
  });
  await subject.printed(ready);
  const lines = (words: string) => subject.stdout.split('\n').filter((line) => line.includes(words)).length;
  return { subject, port, lines };
}

/** A client of checkout, closed after the test. Its calls give the response, or the error's code and details. */
export function checkoutClient(t: Closer, port: number) {
  const Checkout = grpc.makeClientConstructor(checkoutService, 'Checkout');
  const client = new Checkout(`localhost:${port}`, grpc.credentials.createInsecure());
  t.after(() => client.close());
  return (itemsID: number[]): Promise<unknown> =>
    new Promise((resolve) =>
      client['DoCheckout']!({ itemsID }, (error: grpc.ServiceError | null, response: unknown) =>
        resolve(error ? { code: error.code, details: error.details } : response),
      ),
    );
}
