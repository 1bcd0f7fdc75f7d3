import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import { placeOf } from '../net/ports.ts';
import { urlFrom } from '../settings.ts';
import type { Part, Probe } from './part.ts';
import { programIn } from './programs.ts';

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
  /** Its name, or the names that different systems give to it. */
  program: string | string[];
  /** Flags that only this program has, for the folder that holds its data. */
  flags: (folder: string) => string[];
}

/** What Prometheus and Alertmanager have in common: the workshop finds them by a URL and asks them over HTTP. */
export function httpPart({ variable, usualPort, file, identity, program, flags }: Options) {
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
    programs: [program],
    startsOn: ['linux', 'darwin', 'win32'],
    async launch({ binaries, folder, port, settings }) {
      return {
        commands: [
          [
            programIn(binaries, program)!,
            `--config.file=${join(settings, file)}`,
            `--web.listen-address=127.0.0.1:${port}`,
            '--log.level=warn',
            ...flags(folder),
          ],
        ],
        env: { PATH: process.env.PATH, SystemRoot: process.env['SystemRoot'] },
        address: { [variable]: `http://127.0.0.1:${port}` },
      };
    },
    stopSignal: 'SIGTERM',
    forgets: true,
    notFetchable: 'it is not an npm package',
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
  } satisfies Partial<Part>;
}
