/** Judges of spans that pass through an OpenTelemetry Collector. */
import { parse } from 'yaml';
import { parsed } from '../../net/parsed.ts';
import { counted as count } from '../../trace/numbers.ts';
import { type CollectorConfiguration, typeOf } from '../collector-configuration.ts';
import { jsonPrinted } from '../json-printed.ts';
import type { Judge } from '../lesson.ts';
import { type Observation, serverSpanOf } from '../observation.ts';
import { BUSY } from '../slowness.ts';
import { about, type Verdict } from './about.ts';

/** A kind of request to bands-api: a slow one waits for reviews, and a failed one has an error in its trace, but is fast. */
export type Kind = 'fast' | 'slow' | 'failed';

/** What steps/shared/tail-sampling/requests.ts found out. */
export interface Requests {
  requests: {
    kind: Kind;
    traceId: string;
    durationMs: number;
    /** Whether the backend has its trace. */
    kept: boolean;
  }[];
  /** How many of them the collector has counted. */
  counted: number;
}

const FILE = 'monitoring/collector.yaml';
/** Where to look. A trace shows nothing about what the collector did with it. */
const place = { file: FILE, traces: [] };
/** A trace that takes longer is slow. The caller also measures time on the network, which the trace doesn't show. */
const SLOW_MS = 250;
const ON_THE_WAY_MS = 100;
/** The share of the other traces to keep, and how many standard deviations a count may be from it. */
const SHARE = 0.1;
const TOLERANCE = 4;
/** Requests that were sent before can be counted late: the metrics are as old as their metrics_flush_interval. */
const LATE = 0.1;

/** The provider publishes the address of the collector, not the backend's. */
export const publishesCollector = about({ file: 'trace-endpoint/service.json', traces: [] }, (seen) => {
  const { relations, endpoint, sources } = seen;
  const receivers = relations.map(
    ({ provider }) => parsed(provider?.['receivers'] ?? '') as { url: string }[] | '',
  );
  const urls = receivers.flatMap((list) => (list ? list.map(({ url }) => url) : []));
  if (urls.length === 0) {
    return {
      found: 'trace-endpoint has published no address.',
      cause:
        'It publishes one only to an application that requests a protocol, as bands-api and reviews-api have done since step 23. What did they log?',
      file: 'bands-api/endpoint.ts',
    };
  }
  const backend = new URL(endpoint).port;
  if (urls.every((url) => !url.endsWith(`:${backend}`))) return 'ok';
  return {
    found: 'trace-endpoint publishes the address of the backend itself.',
    cause: sources.has(FILE)
      ? 'It publishes the address of the collector if it needs one: "needs": ["collector"].'
      : `Add "needs": ["collector"] to its service.json, and write ${FILE}.`,
  };
});

/** The spans of a service arrive at the backend, after they have passed through the collector. */
export function passesOn(service: string): Judge {
  return about(place, (seen) => {
    if (serverSpanOf(seen, service)) return 'ok';
    if (seen.slowness >= BUSY) return 'inconclusive';
    return {
      found: `No span of ${service} for the call of run.ts arrived at the backend.`,
      cause:
        'A pipeline for traces must begin with the receiver otlp at localhost:14317, and end with an exporter to localhost:4317 without TLS. If it samples, set decision_wait to 2s: the default is 30 seconds.',
    };
  });
}

/** The first processor of each pipeline that receives spans limits memory, and spans are sent in batches. */
export const limitsAndBatches = about(place, ({ sources }) => {
  const { service, exporters = {} } = configurationIn(sources);
  const receiving = Object.entries(service?.pipelines ?? {}).filter(([, pipeline]) =>
    pipeline?.receivers?.some((receiver) => typeOf(receiver) === 'otlp'),
  );
  for (const [name, pipeline] of receiving) {
    const types = pipeline?.processors?.map(typeOf) ?? [];
    if (types[0] !== 'memory_limiter') {
      return {
        found: types.includes('memory_limiter')
          ? `In the pipeline ${name}, memory_limiter is not the first processor.`
          : `The pipeline ${name} has no memory_limiter.`,
        cause:
          'A collector that runs out of memory loses everything. Only the first processor can refuse spans in time.',
      };
    }
    const sends = pipeline?.exporters?.filter((exporter) => typeOf(exporter).startsWith('otlp')) ?? [];
    const batches = sends.every((exporter) => hasBatchingQueue(exporters?.[exporter]));
    if (sends.length > 0 && !batches && types.at(-1) !== 'batch') {
      return {
        found: types.includes('batch')
          ? `In the pipeline ${name}, batch is not the last processor.`
          : `The pipeline ${name} has no batch processor.`,
        cause:
          'Without batches, each export from a service becomes an export to the backend. Put batch after everything that drops spans.',
      };
    }
  }
  return 'ok';
});

/** Each trace of a kind that must be kept is kept. */
export function keepsEvery(kind: 'slow' | 'failed', program: string): Judge {
  return judged(program, ({ requests }, seen) => {
    const own = requests.filter(
      (one) => one.kind === kind && (kind !== 'slow' || one.durationMs > SLOW_MS + ON_THE_WAY_MS),
    );
    const lost = own.filter(({ kept }) => !kept);
    if (lost.length === 0) return 'ok';
    if (lost.length < own.length && seen.slowness >= BUSY) return 'inconclusive';
    const what = kind === 'slow' ? 'slow traces' : 'traces with an error';
    return {
      found: `${lost.length} of ${own.length} ${what} did not arrive at the backend.`,
      cause: requests.every(({ kept }) => !kept)
        ? 'No trace arrived within ten seconds. Does the pipeline for traces have an exporter for the backend? tail_sampling waits for 30 seconds unless you set decision_wait.'
        : kind === 'slow'
          ? 'A policy of the type latency keeps traces that take longer than its threshold_ms, from the start of the first span to the end of the last.'
          : 'A policy of the type status_code keeps traces in which a span has one of its status_codes: [ERROR].',
    };
  });
}

/** About a tenth of the fast traces without an error is kept. */
export function keepsATenth(program: string): Judge {
  return judged(program, ({ requests }) => {
    const fast = requests.filter(({ kind, durationMs }) => kind === 'fast' && durationMs < SLOW_MS / 2);
    const kept = fast.filter((one) => one.kept).length;
    const mean = fast.length * SHARE;
    if (Math.abs(kept - mean) <= TOLERANCE * Math.sqrt(mean * (1 - SHARE))) return 'ok';
    return {
      found: `${kept} of ${count(fast.length, 'fast trace')} without an error were kept.`,
      cause:
        kept === fast.length
          ? 'Everything is kept. Is tail_sampling among the processors of the pipeline? Policies are alternatives: a trace is kept if any of them says yes.'
          : 'A policy of the type probabilistic keeps sampling_percentage percent of the traces.',
    };
  });
}

/** The collector counts all requests, whether their traces are kept or not. */
export function countsEverything(program: string): Judge {
  return judged(program, ({ requests, counted }, seen) => {
    const most = requests.length * (1 + LATE);
    if (counted >= requests.length && counted <= most) return 'ok';
    if (counted > 0 && seen.slowness >= BUSY) return 'inconclusive';
    const kept = requests.filter((one) => one.kept).length;
    return {
      found: `The collector has counted ${counted} of ${count(requests.length, 'request')} to bands-api, of which ${kept} have a trace.`,
      cause:
        counted === 0
          ? 'Its metrics are missing at localhost:8889. Three things belong together: span_metrics as an exporter of a pipeline for traces, as a receiver of a pipeline for metrics, and the exporter prometheus there. Without metrics_flush_interval: 1s, they are up to a minute late.'
          : counted > most
            ? 'It counts requests twice. Only one pipeline for traces, the one without tail_sampling, needs the exporter span_metrics.'
            : 'It counts only what is left after sampling. Give span_metrics a pipeline for traces without tail_sampling.',
    };
  });
}

/** Judges what the program printed. It printed nothing if something that it needs was not running. */
function judged(program: string, judge: (printed: Requests, seen: Observation) => Verdict): Judge {
  return about(place, (seen) => {
    const [printed] = jsonPrinted<Requests>(program, seen);
    if (printed) return judge(printed, seen);
    const lines = seen.programs.get(program)?.stderr ?? [];
    return {
      found: 'The requests of this check could not be sent.',
      cause: lines.at(-1) ?? 'The program printed nothing.',
      lines,
    };
  });
}

function configurationIn(sources: Observation['sources']): CollectorConfiguration {
  return (parse(sources.get(FILE) ?? '') as CollectorConfiguration | null) ?? {};
}

/** Whether an exporter makes batches in its own queue, which newer collectors prefer to the batch processor. */
function hasBatchingQueue(exporter: unknown): boolean {
  const { sending_queue: queue } = (exporter ?? {}) as { sending_queue?: { batch?: unknown } };
  return typeof queue === 'object' && queue !== null && 'batch' in queue;
}
