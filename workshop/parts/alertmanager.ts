import { join } from 'node:path';
import { httpPart } from './http-part.ts';
import type { Part } from './part.ts';
import { programIn } from './programs.ts';

/** Debian's name for the program is the second one. */
const program = ['alertmanager', 'prometheus-alertmanager'];

/** Alertmanager, which groups the alerts of Prometheus and sends them to a pager. */
export const alertmanager: Part = {
  ...httpPart({
    variable: 'ALERTMANAGER_URL',
    usualPort: 9093,
    file: 'alertmanager.yml',
    identity: { path: '/api/v2/status', field: 'versionInfo' },
  }),
  name: 'alertmanager',
  title: 'Alertmanager',
  programs: [program],
  places: ['C:\\Program Files\\alertmanager*'],
  startsOn: ['linux', 'darwin', 'win32'],
  async launch({ binaries, folder, port, settings }) {
    return {
      commands: [
        [
          programIn(binaries, program)!,
          `--config.file=${join(settings, 'alertmanager.yml')}`,
          `--storage.path=${join(folder, 'data')}`,
          `--web.listen-address=127.0.0.1:${port}`,
          '--cluster.listen-address=', // there is only one instance
          '--log.level=warn',
        ],
      ],
      env: { PATH: process.env.PATH, SystemRoot: process.env['SystemRoot'] },
      address: { ALERTMANAGER_URL: `http://127.0.0.1:${port}` },
    };
  },
  stopSignal: 'SIGTERM',
  forgets: true,

  notFetchable: 'it is not an npm package',
  install: {
    linux: 'sudo apt-get install prometheus-alertmanager',
    darwin: 'brew install alertmanager',
  },
  start: {},
  docker: 'docker compose up alertmanager (with ALERTMANAGER_URL=http://localhost:9093)',
};
