/** Judges where the time of a call goes. */
import { formatDuration } from '../../trace/duration.ts';
import { clockStepUs, endOf, type Span } from '../../trace/model.ts';
import { noServerSpan } from '../causes.ts';
import type { Failure, Judge } from '../lesson.ts';
import { isCustom, type Observation, serverSpanOf, traceOfCall } from '../observation.ts';

/** How much time a service may spend outside its work: its calls to another service or, without one, its custom spans. */
export interface IdleTime {
  /** On a machine that isn't busy. */
  limitMs: number;
  called?: string;
  /** Another call of the check, which does the same work. */
  again: string;
  /** The file that does the work; app.ts by default. */
  file?: string;
}

/**
 * A service does not wait: it spends less than the limit outside its work, in one of two calls. A wait in the code shows
 * in both calls; a busy moment of the machine only in one. On a busy machine, a short wait is inconclusive.
 */
export function hasNoIdleTime(service: string, idle: IdleTime): Judge {
  return (seen) => {
    const verdicts = [undefined, idle.again].map((name) => judgeIdleTime(seen, service, idle, name));
    if (verdicts.includes('ok')) return 'ok';
    return verdicts.includes('inconclusive') ? 'inconclusive' : verdicts[0]!;
  };
}

function judgeIdleTime(
  seen: Observation,
  service: string,
  { limitMs, called, file = `${service}/app.ts` }: IdleTime,
  name: string | undefined,
): ReturnType<Judge> {
  const server = serverSpanOf(seen, service, name);
  const trace = traceOfCall(seen, name);
  if (!server || !trace) return noServerSpan(seen, service);
  const work = trace.spans.filter((span) =>
    called ? span.service === called && span.kind === 'server' : span.service === service && isCustom(span),
  );

  const { beforeUs, betweenUs, afterUs } = idleTimes(server, work);
  const idleUs = beforeUs + betweenUs + afterUs;
  const [longest] = called ? [] : work.toSorted((a, b) => b.durationUs - a.durationUs);
  const longestUs = longest?.durationUs ?? 0;
  const waitUs = Math.max(idleUs, longestUs);
  if (waitUs < limitMs * 1_000) return 'ok';
  if (waitUs < limitMs * 1_000 * seen.slowness) return 'inconclusive';

  const shared = { file, traces: [trace] };
  if (longestUs >= idleUs) {
    return {
      found: `The span "${longest!.name}" of ${service} takes ${formatDuration(longestUs)}.`,
      cause: 'Something in it still waits: a sleep that was left in, or moved here instead of removed.',
      ...shared,
    };
  }
  const what = called ? `its calls to ${called}` : 'your spans';
  const [where] = Object.entries({ before: beforeUs, between: betweenUs, after: afterUs }).toSorted(
    ([, a], [, b]) => b - a,
  )[0]!;
  return {
    found: `${service} takes ${formatDuration(server.durationUs)}, of which ${formatDuration(idleUs)} is outside ${what}, most of it ${where} them.`,
    cause: 'Something waits there: a sleep that was left in, or moved instead of removed.',
    ...shared,
  };
}

/** The custom spans that a service has for a call overlap. Each is around work that takes at least `minMs`. */
export function spansOverlap(service: string, { minMs }: { minMs: number }): Judge {
  return (seen) => {
    const trace = traceOfCall(seen);
    const server = serverSpanOf(seen, service);
    if (!trace || !server) return noServerSpan(seen, service);
    const own = trace.spans.filter((span) => span.service === service && isCustom(span));
    const failure = (found: string, cause: string): Failure => ({
      found,
      cause,
      file: `${service}/app.ts`,
      traces: [trace],
    });
    if (own.length < 2) {
      return failure(
        `${service} has ${own.length === 0 ? 'no custom span' : 'only one custom span'}, so the trace doesn't show what runs at the same time.`,
        'The spans around each review were removed. Step 5 has them.',
      );
    }
    const [longest] = own.toSorted((a, b) => b.durationUs - a.durationUs);
    if (longest!.durationUs < minMs * 1_000) {
      return failure(
        `None of your spans in ${service} takes longer than ${formatDuration(longest!.durationUs)}.`,
        'Nothing is read anymore: the wait in readReview is the time that the store takes, not a bug. Put it back.',
      );
    }
    const inOrder = own.toSorted((a, b) => a.startUs - b.startUs);
    const late = inOrder.find((span, index) => {
      const before = inOrder[index - 1];
      return before !== undefined && span.startUs >= endOf(before) - clockStepUs;
    });
    if (!late) return 'ok';
    return failure(
      `"${late.name}" starts when the one before it has ended, like the steps of a staircase.`,
      'The reviews are awaited one by one, in a loop. Start all of them, then await them together: await Promise.all(…).',
    );
  };
}

/** The time of a span that no other span covers: before the first one, between them, and after the last one. µs. */
function idleTimes(around: Span, spans: Span[]) {
  const endUs = endOf(around);
  let coveredToUs = around.startUs;
  let betweenUs = 0;
  let beforeUs = 0;
  for (const [index, span] of spans.toSorted((a, b) => a.startUs - b.startUs).entries()) {
    const idleUs = Math.max(0, Math.min(span.startUs, endUs) - coveredToUs);
    if (index === 0) beforeUs = idleUs;
    else betweenUs += idleUs;
    coveredToUs = Math.max(coveredToUs, Math.min(endOf(span), endUs));
  }
  return { beforeUs, betweenUs, afterUs: endUs - coveredToUs };
}
