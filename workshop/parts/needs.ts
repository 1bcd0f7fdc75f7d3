import { UserError } from '../errors.ts';
import { portOwner } from '../net/port-owner.ts';
import { probeRabbitmq, rabbitmqAddress, rabbitmqRefusal, rabbitmqUser } from './rabbitmq.ts';

/** A service, as far as its needs go. */
interface NeedingService {
  name: string;
  needs: string[];
}

/** Something that services need and the workshop does not start. */
export interface Need {
  /** Its name for people. */
  title: string;
  /** Where it should be, as in localhost:5672. */
  address(): string;
  /** What is wrong with it, a sentence with what to do; undefined if it is there. */
  fault(): Promise<string | undefined>;
}

const ways: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'sudo apt-get install rabbitmq-server',
  darwin: 'brew install rabbitmq && brew services start rabbitmq',
  win32: 'choco install rabbitmq',
};

const rabbitmq: Need = {
  title: 'RabbitMQ',
  address() {
    const { host, port } = rabbitmqAddress();
    return `${host}:${port}`;
  },
  async fault() {
    const found = await probeRabbitmq();
    if (found === 'rabbitmq') return faultOfLogin();
    if (found === 'nothing') {
      const way = ways[process.platform];
      return `no RabbitMQ answers at ${rabbitmq.address()}: docker compose up rabbitmq${way ? `, ${way}` : ''}, or say where it is with RABBITMQ_HOST and RABBITMQ_PORT.`;
    }
    const owner = (await portOwner(rabbitmqAddress().port)) ?? 'another program';
    return `${rabbitmq.address()} is meant for RabbitMQ but held by ${owner}: end that, or set RABBITMQ_PORT.`;
  },
};

/** What is wrong with a RabbitMQ that answers: it does not know the user, or lets nobody in at the moment. */
async function faultOfLogin(): Promise<string | undefined> {
  const refusal = await rabbitmqRefusal();
  if (refusal === undefined) return undefined;
  const refuses = `RabbitMQ at ${rabbitmq.address()} refuses the user ${rabbitmqUser().username}`;
  return refusal.includes('ACCESS_REFUSED')
    ? `${refuses}: set RABBITMQ_USER and RABBITMQ_PASS.`
    : `${refuses} (${refusal}): its log says more.`;
}

const needs: Record<string, Need> = { rabbitmq };

/** All that some services need, each once. Throws UserError for a name that is not known. */
export function needsOf(services: NeedingService[]): Need[] {
  const names = new Set(services.flatMap((service) => service.needs));
  return [...names].map((name) => {
    const need = needs[name];
    if (need) return need;
    throw new UserError(`"${name}" is needed by a service.json, but nobody knows what that is.`);
  });
}

/** Throws UserError when something that services need is not there: one sentence with what to do. */
export async function requireNeeds(services: NeedingService[]): Promise<void> {
  for (const need of needsOf(services)) {
    const fault = await need.fault();
    const whose = services.filter(({ needs: names }) => names.some((name) => needs[name] === need));
    if (fault)
      throw new UserError(`${whose.map(({ name }) => name).join(' and ')} cannot start, because ${fault}`);
  }
}
