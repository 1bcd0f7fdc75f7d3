/** Mistakes in the configuration of step 25, judged on a recording of the right one, because they need a collector. */
import type { Kind, Requests } from '#workshop/check/judges/collector';
import type { Observation } from '#workshop/check/observation';
import type { Mistake } from '../check/support.ts';
import { configure as configureFile, report } from './configure.ts';

const FILE = 'monitoring/collector.yaml';
const PROGRAM = 'requests.ts';

const configure = (seen: Observation, from: string, to: string) => configureFile(seen, FILE, from, to);
const found = (seen: Observation, change: (requests: Requests) => void) => report(seen, PROGRAM, change);

/** Decides which requests of some kind have a trace. */
const keep = (kind: Kind, isKept: (index: number) => boolean) => (seen: Observation) =>
  found(seen, ({ requests }) => {
    requests.filter((one) => one.kind === kind).forEach((one, index) => (one.kept = isKept(index)));
  });

export const collectorMistakes: Mistake[] = [
  {
    title: 'trace-endpoint does not need the collector',
    step: 25,
    edit({ relations, endpoint }) {
      const url = new URL(endpoint).host;
      const receivers = JSON.stringify([{ protocol: { name: 'otlp_grpc', type: 'grpc' }, url }]);
      for (const relation of relations) relation.provider = { receivers };
    },
    expect: /^trace-endpoint publishes/,
    found: /^trace-endpoint publishes the address of the backend itself/,
    cause: /"needs": \["collector"\]/,
    file: 'trace-endpoint/service.json',
  },
  {
    title: 'no service requests an endpoint',
    step: 25,
    edit({ relations }) {
      for (const relation of relations) relation.provider = relation.requirer = undefined;
    },
    expect: /^trace-endpoint publishes/,
    found: /^trace-endpoint has published no address/,
    cause: /requests a protocol/,
    file: 'bands-api/endpoint.ts',
  },
  {
    title: 'no pipeline sends spans to the backend',
    step: 25,
    edit(seen) {
      configure(seen, 'exporters: [otlp_grpc]', 'exporters: [debug]');
      seen.traces = [];
    },
    expect: /^The spans of bands-api arrive/,
    found: /^No span of bands-api/,
    cause: /exporter to localhost:4317/,
    file: FILE,
  },
  {
    title: 'the memory limiter is the last processor',
    step: 25,
    edit: (seen) =>
      configure(seen, '[memory_limiter, tail_sampling, batch]', '[tail_sampling, batch, memory_limiter]'),
    expect: /^It limits its memory/,
    found: /^In the pipeline traces, memory_limiter is not the first processor/,
    cause: /^A collector that runs out of memory/,
    file: FILE,
  },
  {
    title: 'the pipeline for metrics has no memory limiter',
    step: 25,
    edit: (seen) => configure(seen, 'processors: [memory_limiter]\n', 'processors: []\n'),
    expect: /^It limits its memory/,
    found: /^The pipeline traces\/all has no memory_limiter/,
    cause: /Only the first processor/,
    file: FILE,
  },
  {
    title: 'there are no batches',
    step: 25,
    edit: (seen) =>
      configure(seen, '[memory_limiter, tail_sampling, batch]', '[memory_limiter, tail_sampling]'),
    expect: /^It limits its memory/,
    found: /^The pipeline traces has no batch processor/,
    cause: /^Without batches/,
    file: FILE,
  },
  {
    title: 'batches are made before sampling',
    step: 25,
    edit: (seen) =>
      configure(seen, '[memory_limiter, tail_sampling, batch]', '[memory_limiter, batch, tail_sampling]'),
    expect: /^It limits its memory/,
    found: /batch is not the last processor/,
    cause: /after everything that drops spans/,
    file: FILE,
  },
  {
    title: 'there is no policy for errors',
    step: 25,
    edit: keep('failed', (index) => index === 0),
    expect: /^It keeps every trace with an error/,
    found: /^9 of 10 traces with an error did not arrive/,
    cause: /status_code/,
    file: FILE,
  },
  {
    title: 'the collector waits for 30 seconds',
    step: 25,
    edit: (seen) => found(seen, ({ requests }) => requests.forEach((one) => (one.kept = false))),
    expect: /^It keeps every trace with an error/,
    cause: /decision_wait/,
    file: FILE,
  },
  {
    title: 'there is no policy for slow traces',
    step: 25,
    edit(seen) {
      found(seen, ({ requests }) =>
        requests.filter(({ kind }) => kind === 'slow').forEach((one) => (one.durationMs = 900)),
      );
      keep('slow', () => false)(seen);
    },
    expect: /^It keeps every slow trace/,
    found: /^10 of 10 slow traces did not arrive/,
    cause: /latency/,
    file: FILE,
  },
  {
    title: 'no pipeline uses tail_sampling',
    step: 25,
    edit: keep('fast', () => true),
    expect: /^It keeps a tenth/,
    cause: /^Everything is kept/,
    file: FILE,
  },
  {
    title: 'half of the other traces are kept',
    step: 25,
    edit: keep('fast', (index) => index % 2 === 0),
    expect: /^It keeps a tenth/,
    cause: /sampling_percentage/,
    file: FILE,
  },
  {
    title: 'none of the other traces is kept',
    step: 25,
    edit: keep('fast', () => false),
    expect: /^It keeps a tenth/,
    found: /^0 of /,
    cause: /probabilistic/,
    file: FILE,
  },
  {
    title: 'there are no metrics',
    step: 25,
    edit: (seen) => found(seen, (requests) => (requests.counted = 0)),
    expect: /^Its metrics count every request/,
    found: /^The collector has counted 0 of 220 requests/,
    cause: /^Its metrics are missing/,
    file: FILE,
  },
  {
    title: 'the metrics count what is left after sampling',
    step: 25,
    edit: (seen) => found(seen, (requests) => (requests.counted = 41)),
    expect: /^Its metrics count every request/,
    found: /^The collector has counted 41 of 220 requests/,
    cause: /without tail_sampling/,
    file: FILE,
  },
  {
    title: 'the pipeline that samples has metrics, too',
    step: 25,
    edit: (seen) => found(seen, (requests) => (requests.counted += 40)),
    expect: /^Its metrics count every request/,
    found: /^The collector has counted 260 of 220 requests/,
    cause: /^It counts requests twice/,
    file: FILE,
  },
  {
    title: 'the program could not send its requests',
    step: 25,
    edit({ programs }) {
      programs.set(PROGRAM, { stdout: [], stderr: ['bands-api does not respond (connect ECONNREFUSED).'] });
    },
    expect: /^It keeps every trace with an error/,
    cause: /^bands-api does not respond/,
    file: FILE,
  },
];
