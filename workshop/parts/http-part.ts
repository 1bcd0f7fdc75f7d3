import { messageOf } from '../errors.ts';
import { placeOf } from '../net/ports.ts';
import { urlFrom } from '../settings.ts';
import type { Part, Probe } from './part.ts';

const RESPONSE_TIMEOUT_MS = 5_000;

/** What distinguishes one program of the Prometheus project from another. */
interface Options {
  /** The variable with its URL. */
  variable: string;
  usualPort: number;
  /** Its file in the step's settings. */
  file: string;
  /** A path to which it responds with a JSON object that has this field. */
  identity: { path: string; field: string };
}

type HttpPart = Pick<Part, 'variables' | 'acceptsAnyInstance' | 'address' | 'place' | 'probe' | 'settings'>;

/** What Prometheus and Alertmanager have in common: the workshop finds them by a URL and asks them over HTTP. */
export function httpPart({ variable, usualPort, file, identity }: Options): HttpPart {
  const usualPlace = `localhost:${usualPort}`;
  return {
    variables: [variable],
    acceptsAnyInstance: false, // its settings are those of another system
    address: () => ({ [variable]: urlFrom(variable, `http://${usualPlace}`).origin }),
    place: (address) => placeOf(address[variable]!),
    async probe(address): Promise<Probe> {
      try {
        const response = await fetch(`${address[variable]}${identity.path}`, {
          signal: AbortSignal.timeout(RESPONSE_TIMEOUT_MS),
        });
        const body = (await response.json()) as Record<string, unknown>;
        return response.ok && identity.field in body ? 'ready' : 'other';
      } catch (error) {
        return error instanceof TypeError ? 'nothing' : 'other'; // fetch throws a TypeError if nothing is listening
      }
    },
    settings: {
      file,
      usualPlace,
      async reload({ address }) {
        const response = await fetch(`${address[variable]}/-/reload`, { method: 'POST' }).catch((error) => {
          throw new Error(`it is not running (${messageOf(error)})`);
        });
        if (!response.ok) throw new Error((await response.text()).trim());
      },
    },
  };
}
