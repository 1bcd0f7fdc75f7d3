import { join } from 'node:path';
import { httpPart } from './http-part.ts';
import type { Part } from './part.ts';

/** Prometheus, which collects the metrics of the services and evaluates rules. */
export const prometheus: Part = {
  ...httpPart({
    variable: 'PROMETHEUS_URL',
    usualPort: 9090,
    file: 'prometheus.yml',
    identity: { path: '/api/v1/status/buildinfo', field: 'data' },
    program: 'prometheus',
    flags: (folder) => [
      `--storage.tsdb.path=${join(folder, 'data')}`,
      '--web.enable-lifecycle', // so that it can be told to read its settings again
      '--enable-feature=exemplar-storage',
    ],
  }),
  name: 'prometheus',
  title: 'Prometheus',
  places: ['C:\\Program Files\\prometheus*'],
  install: {
    linux: 'sudo apt-get install prometheus',
    darwin: 'brew install prometheus',
    win32: 'choco install prometheus',
  },
  docker: 'docker compose up prometheus (with PROMETHEUS_URL=http://localhost:9090)',
};
