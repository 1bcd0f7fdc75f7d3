import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { placeOf } from '../net/ports.ts';
import { probeOtlp } from '../net/probe-otlp.ts';
import { urlFrom } from '../settings.ts';
import type { Part } from './part.ts';
import { programIn } from './programs.ts';

const run = promisify(execFile);

const program = 'otelcol-contrib';
const file = 'collector.yaml';
/** Where the step's file receives spans, and where it shows the metrics that it computes from them. */
const otlp = 'localhost:14317';
const metrics = 'localhost:8889';
const releases = 'https://github.com/open-telemetry/opentelemetry-collector-releases/releases';
const unpack = `tar -xf otelcol-contrib_*.tar.gz otelcol-contrib (in a folder on your PATH; the file is at ${releases})`;

/** The OpenTelemetry Collector, with the components of its contrib distribution. */
export const collector: Part = {
  name: 'collector',
  title: 'OpenTelemetry Collector',
  variables: ['COLLECTOR_URL', 'COLLECTOR_METRICS_URL'],
  acceptsAnyInstance: false, // its configuration is that of another system
  address: () => ({
    COLLECTOR_URL: urlFrom('COLLECTOR_URL', `http://${otlp}`).origin,
    COLLECTOR_METRICS_URL: urlFrom('COLLECTOR_METRICS_URL', `http://${metrics}`).origin,
  }),
  place: (address) => placeOf(address['COLLECTOR_URL']!),
  async probe(address) {
    const listener = await probeOtlp(address['COLLECTOR_URL']!);
    return listener === 'otlp' ? 'ready' : listener;
  },
  programs: [program],
  places: [],
  startsOn: ['linux', 'darwin', 'win32'],
  async launch({ binaries, settings, places }) {
    return {
      commands: [[programIn(binaries, program)!, `--config=${join(settings, file)}`]],
      env: { PATH: process.env.PATH, SystemRoot: process.env['SystemRoot'] },
      address: {
        COLLECTOR_URL: `http://${places.get(otlp)}`,
        COLLECTOR_METRICS_URL: `http://${places.get(metrics)}`,
      },
    };
  },
  settings: {
    file,
    usualPlace: otlp,
    ownPlaces: [otlp, metrics],
    async reload({ pid, binaries, settings }) {
      // A collector exits if it reloads an invalid file, so validate the file first.
      await run(programIn(binaries, program)!, ['validate', `--config=${join(settings, file)}`]).catch(
        (error) => {
          throw new Error(/^Error: (.+)/m.exec(error.stderr)?.[1] ?? error.message);
        },
      );
      if (process.platform === 'win32') throw new Error('on Windows, it reads them only when it starts');
      process.kill(pid, 'SIGHUP');
    },
  },
  stopSignal: 'SIGTERM',
  forgets: true,

  notFetchable: 'it is not an npm package',
  install: {
    linux: `sudo apt-get install ./otelcol-contrib_*.deb (from ${releases})`,
    darwin: unpack,
    win32: unpack,
  },
  docker: 'docker compose up collector (with COLLECTOR_URL=http://localhost:14317)',
};
