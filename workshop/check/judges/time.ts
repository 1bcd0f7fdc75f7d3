/** Where the time of a call goes. */
import { formatDuration } from '../../trace/duration.ts';
import { clockStepUs, endOf, type Span } from '../../trace/model.ts';
import type { Judge } from '../lesson.ts';
import { isCustom, serverSpanOf, traceOfCall } from '../observation.ts';
import { noServerSpan } from '../causes.ts';

/** What a service may spend beside its work, which is what it asks another service for, or else spans of its own. */
export interface Idle {
  limitMs: number;
  asked?: string;
  /** Another call of the check that does the same work. */
  again: string;
  /** The file in which it waits for what it asks for; app.ts if not given. */
  file?: string;
}

/**
 * A service does not wait: what it spends beside its work is less than the limit, in one of two calls at least. What
 * waits in the code waits in both; a machine that is busy for a moment is so in one.
 */
export function hasNoIdleTime(service: string, { again, ...idle }: Idle): Judge {
  return (seen) => {
    const verdict = hasNoIdleTimeIn(service, idle)(seen);
    return hasNoIdleTimeIn(service, idle, again)(seen) === 'ok' ? 'ok' : verdict;
  };
}

function hasNoIdleTimeIn(
  service: string,
  { limitMs, asked, file = `${service}/app.ts` }: Omit<Idle, 'again'>,
  name?: string,
): Judge {
  return (seen) => {
    const server = serverSpanOf(seen, service, name);
    const trace = traceOfCall(seen, name);
    if (!server || !trace) return noServerSpan(seen, service);
    const work = trace.spans.filter((span) =>
      asked ? span.service === asked && span.kind === 'server' : span.service === service && isCustom(span),
    );
    const what = asked ? `what it asks ${asked} for` : 'the spans of its own';
    const traces = [trace];

    const { beforeUs, betweenUs, afterUs } = idleTimes(server, work);
    const idleUs = beforeUs + betweenUs + afterUs;
    const [longest] = work.toSorted((a, b) => b.durationUs - a.durationUs);
    // On a busy machine both can be too long: the longer one is told of, because that is the one that waits.
    if (longest && !asked && longest.durationUs >= Math.max(idleUs, limitMs * 1_000)) {
      return {
        found: `The span "${longest.name}" of ${service} takes ${formatDuration(longest.durationUs)}.`,
        cause: 'Something still waits within it: a sleep that was left in, or moved here instead of removed.',
        file,
        traces,
      };
    }

    if (idleUs < limitMs * 1_000) return 'ok';
    const [where] = Object.entries({ before: beforeUs, between: betweenUs, after: afterUs }).toSorted(
      ([, a], [, b]) => b - a,
    )[0]!;
    return {
      found: `${service} takes ${formatDuration(server.durationUs)}, and ${formatDuration(idleUs)} of it are not ${what}: most of them ${where} it.`,
      cause: 'Something waits there: a sleep that was left in, or moved instead of removed.',
      file,
      traces,
    };
  };
}

/** The spans of its own that a service has for a call run at the same time. */
export function spansOverlap(service: string): Judge {
  return (seen) => {
    const trace = traceOfCall(seen);
    const server = serverSpanOf(seen, service);
    if (!trace || !server) return noServerSpan(seen, service);
    const own = trace.spans.filter((span) => span.service === service && isCustom(span));
    const file = `${service}/app.ts`;
    if (own.length < 2) {
      return {
        found: `${service} has ${own.length === 0 ? 'no span' : 'one span'} of your own, so it cannot be seen what runs at the same time.`,
        cause: 'The spans around each piece of work are gone. Step 05 has them.',
        file,
        traces: [trace],
      };
    }
    const inOrder = own.toSorted((a, b) => a.startUs - b.startUs);
    const late = inOrder.find((span, index) => {
      const before = inOrder[index - 1];
      return before !== undefined && span.startUs >= endOf(before) - clockStepUs;
    });
    if (!late) return 'ok';
    return {
      found: `"${late.name}" begins when the one before it has ended, like a step of a staircase.`,
      cause:
        'The work is awaited one by one, in a loop. Begin all of it, then await it together: await Promise.all(…).',
      file,
      traces: [trace],
    };
  };
}

/** The time of a span that none of some others covers: before the first, between them, and after the last. µs. */
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
