/** Observations of the steps, for tests. Also sets what a check needs in the environment of a test. */
import { after } from 'node:test';
import { observationOf } from '#tools/observations';
import { isRecorded } from '#tools/recorded';
import type { Observation } from '#workshop/check/observation';
import type { Step } from '#workshop/course/list';
import { freePort } from '#workshop/net/ports';
import { partsOf } from '#workshop/parts/all';
import { howToGet } from '#workshop/parts/look';
import type { Part } from '#workshop/parts/part';
import { binariesOf, isStartable } from '#workshop/parts/programs';
import { rabbitmq } from '#workshop/parts/rabbitmq';
import { readServices } from '#workshop/services/definition';
import { type Broker, launchBroker } from './rabbitmq-server.ts';

// The backend of a workshop that runs on this machine must not be mistaken for one to which spans went astray.
process.env.JAEGER_URL = `http://localhost:${await freePort()}`;

let broker: Promise<Broker> | undefined;
after(async () => (await broker)?.close());

/** The observation of a step. It is run only if no other test file has run it during this `npm test`. */
export function observed(step: Step): Promise<Observation> {
  return observationOf(step, async () => {
    if (!(await partsOfStep(step)).includes(rabbitmq)) return;
    broker ??= launchBroker();
    Object.assign(process.env, (await broker).env);
  });
}

/** For a test's `skip`: why a step cannot be observed on this machine; false if it can, or a recording is used instead. */
export async function unobservable(step: Step): Promise<string | false> {
  return !isRecorded(step) && unrunnable(step);
}

/** For a test's `skip`: why a step cannot be run on this machine; false if it can. */
export async function unrunnable(step: Step): Promise<string | false> {
  const missing = (await partsOfStep(step)).find((part) => !isStartable(part) || !binariesOf(part));
  const reason = missing && `${missing.title} is ${howToGet(missing)}`;
  if (reason && process.env.CI === 'true' && !isRecorded(step)) throw new Error(reason);
  return reason ?? false;
}

async function partsOfStep({ folder }: Step): Promise<Part[]> {
  return partsOf(await readServices(folder));
}
