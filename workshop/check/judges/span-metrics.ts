/** Judges of metrics that a span processor derives from spans. */
import { listed } from '../../listed.ts';
import type { Judge } from '../lesson.ts';
import { callNamed, type Observation, traceIdOf } from '../observation.ts';
import { faultOfLabels } from './metrics.ts';
import { countedByStatus, type Exemplar, samplesOf, sentByStatus, statusesOf, total } from '../scrapes.ts';
import { about } from './about.ts';

/** Programs round the duration of a span in different ways. */
const ROUNDING_SECONDS = 0.000_005;

/** All instances together count each request once, except those that are not sampled, which may be missing. */
export function countsSpans(service: string): Judge {
  return about({ file: `${service}/metrics.ts`, traces: [] }, (seen) => {
    const all = sentByStatus(service, seen, 'all');
    const sampled = sentByStatus(service, seen, 'sampled');
    const counted = countedByStatus(seen);
    const countOf = (status: string) => counted.get(status) ?? 0;
    const fault = faultOfLabels(seen, service);
    if (fault) return fault;
    const wrong = statusesOf(all, counted).find(
      (status) => countOf(status) < (sampled.get(status) ?? 0) || countOf(status) > (all.get(status) ?? 0),
    );
    if (wrong === undefined) return 'ok';
    const sent = all.get(wrong) ?? 0;
    return {
      found: `${service} sent ${sent} responses with status ${wrong}, and its instances counted ${countOf(wrong)}.`,
      ...reasonFor(service, countOf(wrong) - sent, total(counted)),
    };
  });
}

/** The requests that are not sampled are counted too. */
export function countsUnsampled(service: string, name: string): Judge {
  return about({ file: `${service}/tracing.ts`, traces: [] }, (seen) => {
    const status = String(callNamed(seen, name).response?.status);
    const sent = sentByStatus(service, seen, 'all').get(status) ?? 0;
    const counted = countedByStatus(seen).get(status) ?? 0;
    if (counted === sent) return 'ok';
    return {
      found: `${service} sent ${sent} responses with status ${status}, one of them to a caller that asked not to be sampled (flags 00). Its instances counted ${counted}.`,
      cause:
        'A span processor sees only what the sampler records. Wrap the sampler with createAlwaysRecordSampler.',
    };
  });
}

/** There are exemplars, and each has the id of a trace that arrived. */
export function hasExemplars(service: string): Judge {
  return about({ file: `${service}/metrics.ts`, traces: [] }, (seen) => {
    const exemplars = exemplarsIn(seen);
    if (exemplars.length === 0) {
      return {
        found: 'No bucket of the histogram has an exemplar.',
        cause:
          'Give the registry the content type of OpenMetrics before the histogram is created, set enableExemplars, and pass exemplarLabels to observe().',
      };
    }
    if (!seen.traces.some(({ spans }) => spans.some((span) => span.service === service))) {
      return {
        found: `There are exemplars, but no span of ${service} arrived.`,
        cause:
          'spanProcessors replaces traceExporter, so nothing is sent. Add new BatchSpanProcessor({ exporter: new OTLPTraceExporter() }) to spanProcessors.',
        file: `${service}/tracing.ts`,
      };
    }
    const arrived = new Set(seen.traces.map(({ traceId }) => traceId));
    const stray = exemplars.find(({ labels }) => !arrived.has(labels['trace_id'] ?? ''));
    if (!stray) return 'ok';

    const id = stray.labels['trace_id'];
    if (id === undefined) {
      return {
        found: `An exemplar has no trace_id, but ${listed(Object.keys(stray.labels))}.`,
        cause:
          'Dashboards look for the label trace_id: exemplarLabels: { trace_id: span.spanContext().traceId }.',
      };
    }
    const isOfCall = [...seen.calls.values()].some((call) => traceIdOf(call) === id);
    return {
      found: `An exemplar has the trace id ${id}, but no such trace arrived.`,
      cause: isOfCall
        ? 'The request was not sampled, so its trace cannot be looked up. Pass the trace id only if the traceFlags of the span contain TraceFlags.SAMPLED.'
        : 'The id is not that of the span: take it from span.spanContext().',
    };
  });
}

/** The durations in the exemplars are those of the SERVER spans. */
export function measuresSpans(service: string): Judge {
  return (seen) => {
    const spans = seen.traces
      .flatMap((trace) => trace.spans)
      .filter((span) => span.service === service && span.kind === 'server');
    for (const { labels, value } of exemplarsIn(seen)) {
      const span = spans.find(({ traceId }) => traceId === labels['trace_id']);
      const seconds = span ? span.durationUs / 1_000_000 : value;
      if (Math.abs(value - seconds) <= ROUNDING_SECONDS) continue;
      return {
        found: `The SERVER span of a request took ${seconds} s, but its exemplar says ${value}.`,
        cause:
          'The duration is measured separately from the span, or in another unit. Take it from the span that ends: span.duration is [seconds, nanoseconds].',
        file: `${service}/metrics.ts`,
        traces: seen.traces.filter(({ traceId }) => traceId === span!.traceId),
      };
    }
    return 'ok';
  };
}

function exemplarsIn(seen: Observation): Exemplar[] {
  return samplesOf(seen).flatMap(({ exemplar }) => exemplar ?? []);
}

/** Why a count is off by some difference, where all counts together are `counted`. */
function reasonFor(service: string, difference: number, counted: number) {
  if (counted === 0) {
    return {
      cause: 'No span reaches the histogram. Add the processor to spanProcessors.',
      file: `${service}/tracing.ts`,
    };
  }
  if (difference < 0) {
    return {
      cause: 'The processor leaves requests out. Every SERVER span is a request, whatever its status is.',
    };
  }
  return {
    cause:
      'Something is counted besides the SERVER spans: requests by hand, as in step 16, or spans of another kind, such as the requests to social-api.',
  };
}
