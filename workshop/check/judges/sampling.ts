/** Judges of a service whose sampling is changed while it runs. */
import type { Trace } from '../../trace/model.ts';
import { counted } from '../../trace/numbers.ts';
import { jsonPrinted } from '../json-printed.ts';
import type { Judge } from '../lesson.ts';
import { caller } from '../observation.ts';
import { BUSY } from '../slowness.ts';
import { about, type Fault } from './about.ts';

/** What a program of the lesson found out about a service after a change to its sampling. */
export interface Measurement {
  /** The share of traces to sample, from 0 to 1. */
  ratio: number;
  /** Each instance by its host and port, and whether ops says that the ratio is in force there. */
  instances: {
    name: string;
    confirmed: boolean;
    /** Its metric sampling_ratio, if it has one. */
    shown?: number;
  }[];
  /** Requests without a traceparent. */
  requests: { status: number; traceId: string }[];
  /** How many of them the indicators have counted. */
  counted: number;
  /** The ids of the traces of two more requests, whose callers have decided whether to sample them. */
  callers: { sampled: string; notSampled: string };
}

/** How many standard deviations a count of sampled traces may be from its mean. Correct programs stay well within. */
const TOLERANCE = 6;

const SHOWN_LINES = 6;

/** Each instance of a service adopts each ratio, and shows it. */
export function adoptsRatio(service: string, program: string): Judge {
  return eachMeasurement(program, `${service}/tracing.ts`, ({ ratio, instances }) => {
    const late = instances.filter(({ confirmed }) => !confirmed);
    if (late.length === 0) return undefined;
    const [{ shown } = {}] = late;
    return {
      found: `The ratio ${ratio} is not in force in ${late.length} of ${counted(instances.length, 'instance')} of ${service}.`,
      cause:
        shown === undefined
          ? 'At /metrics, where ops looks for the ratio, there is no sampling_ratio. Add a gauge to the registry (registers: [registry]) that shows the ratio of the sampler.'
          : `At /metrics, sampling_ratio is ${shown}. The sampler must ask SAMPLING_URL for "${service}" every half second, and keep what it is told. The gauge must set its ratio in collect().`,
      ...(shown === undefined && { file: `${service}/metrics.ts` }),
    };
  });
}

/** Of the requests that begin a trace at a service, the ratio says how many are sampled. */
export function samplesShare(service: string, program: string): Judge {
  return eachMeasurement(program, `${service}/tracing.ts`, ({ ratio, requests }, traceOf) => {
    const count = requests.filter(({ traceId }) => traceOf(traceId)).length;
    const mean = requests.length * ratio;
    if (Math.abs(count - mean) <= TOLERANCE * Math.sqrt(mean * (1 - ratio))) return undefined;
    return {
      found: `With the ratio ${ratio}, ${count} of ${requests.length} requests without a traceparent left a trace.`,
      cause:
        count === 0
          ? 'Your sampler samples nothing. Does shouldSample pass on the parent and the trace id, and return the decision of TraceIdRatioBasedSampler?'
          : 'The ratio that is in force does not decide. Is your sampler the root of the ParentBasedSampler, and does shouldSample read the ratio each time?',
    };
  });
}

/** A service samples what its caller samples, whatever its own ratio is. */
export function followsCallers(service: string, program: string): Judge {
  return eachMeasurement(program, `${service}/tracing.ts`, ({ ratio, callers }, traceOf) => {
    const extra = traceOf(callers.notSampled);
    if (traceOf(callers.sampled) && !extra) return undefined;
    return {
      found: extra
        ? `With the ratio ${ratio}, a request that its caller doesn't sample (flags 00) left a trace.`
        : `With the ratio ${ratio}, a request that its caller samples (flags 01) left no trace.`,
      cause:
        'Your sampler also decides for traces that began elsewhere, so they have holes. Use it only as the root of a ParentBasedSampler.',
      traces: extra ? [extra] : [],
    };
  });
}

/** The indicators count each request, whatever is sampled. */
export function countsAll(service: string, program: string): Judge {
  return eachMeasurement(program, `${service}/tracing.ts`, ({ ratio, requests, counted: count }) => {
    if (count >= requests.length) return undefined;
    return {
      found: `With the ratio ${ratio}, the indicators count ${count} of ${requests.length} requests.`,
      cause:
        'The code that counts the requests sees only what the sampler records. Keep createAlwaysRecordSampler around the ParentBasedSampler.',
    };
  });
}

/** Asking how much to sample, which `file` does, leaves no spans. */
export function asksWithoutSpans(file: string): Judge {
  return (seen) => {
    const asking = seen.traces.find(({ spans }) =>
      spans.some(({ attributes }) => /\/sampling\?/.test(String(attributes['url.full']))),
    );
    if (!asking) return 'ok';
    const { service: asker } = asking.spans[0]!;
    return {
      found: `The request with which ${asker} asks how much to sample has a span.`,
      cause:
        'UndiciInstrumentation traces every request. Make this one in context.with(suppressTracing(ROOT_CONTEXT), …).',
      file,
      traces: [asking],
    };
  };
}

/** run.ts leaves a trace. After the sampling of `caller` is changed to never, another run of it leaves none. */
export function callerAsks(secondRun: string): Judge {
  return about({ file: caller }, (seen) => {
    const traceOf = (id: unknown) => seen.traces.find(({ traceId }) => traceId === id);
    const first = traceOf(seen.run.output?.traceId);
    if (!first?.spans.some(({ service }) => service === 'caller')) {
      return {
        found: 'The trace of run.ts has no span of the service "caller".',
        cause:
          'Until its sampling is changed, run.ts samples all of its traces. Is serviceName still "caller", and does the sampler begin with the ratio 1?',
      };
    }
    const [again] = jsonPrinted<{ traceId: string }>(secondRun, seen);
    if (!again) return 'inconclusive'; // it worked the first time
    const second = traceOf(again.traceId);
    if (!second) return 'ok';
    return {
      found: 'The sampling of "caller" was changed to never, but the next run of run.ts left a trace.',
      cause:
        'Give its SDK a RemoteSampler for "caller", and await its ask(), with the URL in urls, before the first request.',
      traces: [second],
    };
  });
}

/**
 * Judges what a program found out after each change, in order. `faultOf` returns undefined if there is no fault; otherwise,
 * the fault is in the file.
 */
function eachMeasurement(
  program: string,
  file: string,
  faultOf: (measurement: Measurement, traceOf: (traceId: string) => Trace | undefined) => Fault | undefined,
): Judge {
  return about({ file, traces: [] }, (seen) => {
    const traces = new Map(seen.traces.map((trace) => [trace.traceId, trace]));
    const measurements = jsonPrinted<Measurement>(program, seen);
    if (measurements.length === 0)
      return seen.slowness >= BUSY ? 'inconclusive' : notMeasured(seen.programs.get(program)?.stderr);
    const faults = measurements.map((measurement) => faultOf(measurement, (traceId) => traces.get(traceId)));
    return faults.find((fault) => fault !== undefined) ?? 'ok';
  });
}

function notMeasured(lines: string[] = []): Fault {
  return {
    found: 'The sampling of followers-api could not be changed and measured.',
    cause: 'ops or an instance of followers-api does not respond as it should: see these lines.',
    file: 'followers-api/tracing.ts',
    lines: lines.slice(0, SHOWN_LINES),
  };
}
