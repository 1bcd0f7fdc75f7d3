/** Mistakes that learners make in step 22, as in test/check/mistakes.ts. */
import type { Measurement } from '#workshop/check/judges/sampling';
import type { Observation } from '#workshop/check/observation';
import { renameService } from '../check/edits.ts';
import type { Mistake } from '../check/support.ts';
import { addTraces, inMeasurements } from './measurements.ts';

const metrics = 'followers-api/metrics.ts';
const sampler = 'followers-api/remote-sampler.ts';
const tracing = 'followers-api/tracing.ts';

const ANOTHER_ID = '0af7651916cd43dd8448eb211c80319c';

/** Adds the traces that some of the requests of each measurement would leave. */
function leaveTraces(choose: (measurement: Measurement) => string[]) {
  return (seen: Observation) => inMeasurements((measurement) => addTraces(seen, choose(measurement)))(seen);
}

/** Adds the trace of the second run of run.ts. */
function leaveSecondTrace(seen: Observation) {
  const [line] = seen.programs.get('run.ts, not sampled')!.stdout;
  addTraces(seen, [(JSON.parse(line!) as { traceId: string }).traceId]);
}

export const samplingMistakes: Mistake[] = [
  {
    title: 'there is no metric sampling_ratio',
    step: 22,
    patch: { [tracing]: [['measureSampling(root);\n', '']] },
    edit: inMeasurements(({ instances }) => {
      for (const instance of instances) {
        instance.confirmed = false;
        delete instance.shown;
      }
    }),
    expect: /^Each instance adopts a new ratio/,
    found: /^The ratio 1 is not in force in 3 of 3 instances of followers-api\.$/,
    cause: /there is no sampling_ratio/,
    file: metrics,
  },
  {
    title: 'the sampler asks only once',
    step: 22,
    patch: { [tracing]: [['  setTimeout(ask, 500).unref();\n', '']] },
    edit: inMeasurements(({ instances, ratio }) => {
      if (ratio < 1)
        for (const instance of instances) Object.assign(instance, { confirmed: false, shown: 1 });
    }),
    expect: /^Each instance adopts a new ratio/,
    found: /^The ratio 0\.5 is not in force/,
    cause: /sampling_ratio is 1\. .* every half second/,
    file: tracing,
  },
  {
    title: 'the sampler does not pass the trace id on',
    step: 22,
    patch: { [sampler]: [['.shouldSample(parent, traceId)', ".shouldSample(parent, '')"]] },
    edit: (seen) =>
      inMeasurements(({ requests }) => {
        const ids = new Set(requests.map(({ traceId }) => traceId));
        seen.traces = seen.traces.filter(({ traceId }) => !ids.has(traceId));
      })(seen),
    expect: /^Of the traces that begin in followers-api/,
    found: /^With the ratio 1, 0 of \d+ requests/,
    cause: /pass on the parent and the trace id/,
    file: tracing,
  },
  {
    title: 'another sampler is the root',
    step: 22,
    patch: { [tracing]: [['Sampler({ root })', "Sampler({ root: new RemoteSampler('') })"]] },
    edit: leaveTraces(({ requests }) => requests.map(({ traceId }) => traceId)),
    expect: /^Of the traces that begin in followers-api/,
    found: /^With the ratio 0\.5, (\d+) of \1 requests/,
    cause: /Is your sampler the root/,
    file: tracing,
  },
  {
    title: 'the sampler decides for its callers, too',
    step: 22,
    patch: { [tracing]: [['new ParentBasedSampler({ root })', 'root']] },
    edit: leaveTraces(({ ratio, callers }) => (ratio === 1 ? [callers.notSampled] : [])),
    expect: /^If the caller has decided/,
    found: /^With the ratio 1, a request that its caller doesn't sample/,
    cause: /the root of a ParentBasedSampler/,
    file: tracing,
  },
  {
    title: 'only sampled requests are counted',
    step: 22,
    patch: {
      [tracing]: [
        ['createAlwaysRecordSampler(new ParentBasedSampler({ root }))', 'new ParentBasedSampler({ root })'],
      ],
    },
    edit: inMeasurements((measurement) => {
      measurement.counted *= measurement.ratio;
    }),
    expect: /^The indicators count all requests/,
    found: /^With the ratio 0\.5, the indicators count \d+ of \d+ requests\.$/,
    cause: /Keep createAlwaysRecordSampler/,
    file: tracing,
  },
  {
    title: 'each question is a trace',
    step: 22,
    patch: { [sampler]: [['context.with(withoutSpans, asked)', 'asked()']] },
    edit: (seen) =>
      addTraces(seen, [ANOTHER_ID], {
        'url.full': 'http://localhost:5778/api/sampling?service=followers-api',
      }),
    expect: /^Asking how much to sample leaves no traces/,
    cause: /suppressTracing\(ROOT_CONTEXT\)/,
    file: sampler,
  },
  {
    title: 'run.ts does not ask',
    step: 22,
    patch: { 'run.ts': [["  await sampler.ask(urls['sampling']!);\n", '']] },
    edit: leaveSecondTrace,
    expect: /^run\.ts also asks/,
    found: /but the next run of run\.ts left a trace/,
    cause: /await its ask\(\)/,
    file: 'run.ts',
  },
  {
    title: 'run.ts asks for the ratio of another service',
    step: 22,
    patch: { 'run.ts': [["RemoteSampler('caller')", "RemoteSampler('followers-api')"]] },
    edit: leaveSecondTrace,
    expect: /^run\.ts also asks/,
    found: /but the next run of run\.ts left a trace/,
    cause: /a RemoteSampler for "caller"/,
    file: 'run.ts',
  },
  {
    title: 'run.ts has another name',
    step: 22,
    patch: { 'run.ts': [["serviceName: 'caller'", "serviceName: 'run'"]] },
    edit: (seen) => renameService(seen, 'caller', 'run'),
    expect: /^run\.ts also asks/,
    found: /no span of the service "caller"/,
    cause: /Is serviceName still "caller"/,
    file: 'run.ts',
  },
  {
    title: 'an instance has crashed',
    step: 22,
    edit: ({ programs }) => {
      programs.set('measure.ts', { stdout: [], stderr: ['Error: connect ECONNREFUSED'] });
    },
    expect: /^Each instance adopts a new ratio/,
    found: /could not be changed and measured/,
    cause: /does not respond/,
    file: tracing,
  },
];
