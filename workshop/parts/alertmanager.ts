import { join } from 'node:path';
import { httpPart } from './http-part.ts';
import type { Part } from './part.ts';

/** Alertmanager, which groups the alerts of Prometheus and sends them to a pager. */
export const alertmanager: Part = {
  ...httpPart({
    variable: 'ALERTMANAGER_URL',
    usualPort: 9093,
    file: 'alertmanager.yml',
    identity: { path: '/api/v2/status', field: 'versionInfo' },
    program: ['alertmanager', 'prometheus-alertmanager'], // the second name is Debian's
    flags: (folder) => [
      `--storage.path=${join(folder, 'data')}`,
      '--cluster.listen-address=', // there is only one instance
    ],
  }),
  name: 'alertmanager',
  title: 'Alertmanager',
  places: ['C:\\Program Files\\alertmanager*'],
  install: {
    linux: 'sudo apt-get install prometheus-alertmanager',
    darwin: 'brew install alertmanager',
  },
  docker: 'docker compose up alertmanager (with ALERTMANAGER_URL=http://localhost:9093)',
};
