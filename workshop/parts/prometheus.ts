import { join } from 'node:path';
import { httpPart } from './http-part.ts';
import type { Part } from './part.ts';
import { programIn } from './programs.ts';

/** Prometheus, which collects the metrics of the services and evaluates rules. */
export const prometheus: Part = {
  ...httpPart({
    variable: 'PROMETHEUS_URL',
    usualPort: 9090,
    file: 'prometheus.yml',
    identity: { path: '/api/v1/status/buildinfo', field: 'data' },
  }),
  name: 'prometheus',
  title: 'Prometheus',
  programs: ['prometheus'],
  places: ['C:\\Program Files\\prometheus*'],
  startsOn: ['linux', 'darwin', 'win32'],
  async launch({ binaries, folder, port, settings }) {
    return {
      commands: [
        [
          programIn(binaries, 'prometheus')!,
          `--config.file=${join(settings, 'prometheus.yml')}`,
          `--storage.tsdb.path=${join(folder, 'data')}`,
          `--web.listen-address=127.0.0.1:${port}`,
          '--web.enable-lifecycle', // so that it can be told to read its settings again
          '--enable-feature=exemplar-storage',
          '--log.level=warn',
        ],
      ],
      env: { PATH: process.env.PATH, SystemRoot: process.env['SystemRoot'] },
      address: { PROMETHEUS_URL: `http://127.0.0.1:${port}` },
    };
  },
  stopSignal: 'SIGTERM',
  forgets: true,

  notFetchable: 'it is not an npm package',
  install: {
    linux: 'sudo apt-get install prometheus',
    darwin: 'brew install prometheus',
    win32: 'choco install prometheus',
  },
  start: {},
  docker: 'docker compose up prometheus (with PROMETHEUS_URL=http://localhost:9090)',
};
