import { counted, grouped } from '../../trace/numbers.ts';
import { waterfallText } from '../../trace/text.ts';
import { durationText } from '../../trace/waterfall.ts';
import { agoNow } from '../frame/clock.ts';
import { CopyButton } from '../frame/copy.tsx';
import { serviceClass } from '../frame/colors.ts';
import { shownId } from '../frame/short-ids.ts';
import { clockTime } from '../frame/times.ts';
import { type Highlight, highlightsOf } from './highlights.ts';
import { linked } from './links.tsx';
import { isShown, PartButtons } from './parts.tsx';
import { goTo } from './scrolling.ts';
import { errorsOnly } from './filters.ts';
import { shownLogs } from './logs.ts';
import { explains, isIncomplete, rows, trace, waterfall } from './state.ts';

/** The name and figures of the trace, and below them its highlights. */
export function TraceHeader() {
  const { durationUs } = waterfall.value;
  const root = rows.value[0]!;
  return (
    <header class={`trace-header ${serviceClass(root.span.service)}`}>
      <div class="title">
        <h1>
          <span class="service">{root.span.service}</span> <span class="name">{root.span.name}</span>
        </h1>
        <PartButtons />
        <p class="total" title={`${grouped(durationUs)} µs`}>
          <span class="hidden-text">takes </span>
          {durationText(waterfall.value)}
        </p>
      </div>
      {isShown('facts') && <Facts />}
      {isShown('highlights') && <Highlights of={highlightsOf(waterfall.value)} />}
    </header>
  );
}

/** The figures of the trace, and the tools for the trace as a whole. */
function Facts() {
  const { traceId, startUs, services, depth, errorCount } = waterfall.value;
  return (
    <div class="facts strip">
      <p>
        <time dateTime={new Date(startUs / 1_000).toISOString()}>{clockTime(startUs)}</time>
        {startUs > 0 && `, ${agoNow(startUs)}`}
      </p>
      <p>{counted(rows.value.length, 'span')}</p>
      <p>{counted(services.length, 'service')}</p>
      <p>{counted(depth, 'level')} deep</p>
      <p>
        {errorCount > 0 ? (
          <button
            type="button"
            class="errors"
            aria-pressed={errorsOnly.value}
            onClick={() => (errorsOnly.value = !errorsOnly.value)}
            title="Show only spans with errors"
          >
            {counted(errorCount, 'error')}
          </button>
        ) : (
          'no errors'
        )}
      </p>
      {isIncomplete.value && <p class="incomplete">incomplete</p>}
      <Tools traceId={traceId} />
    </div>
  );
}

/** The tools for the trace as a whole. */
function Tools({ traceId }: { traceId: string }) {
  return (
    <>
      <p class="id" title={traceId}>
        <code>{shownId(traceId)}</code>
        <CopyButton what="Trace id" text={traceId} />
      </p>
      <p class="actions strip">
        <CopyButton what="Waterfall" text={waterfallAsText} label="Copy as text" />
        <a class="button" href={`/api/traces/${traceId}`} target="_blank" rel="noreferrer">
          JSON
        </a>
        <a class="button" href={`/search?compare=${traceId}`}>
          Compare…
        </a>
      </p>
    </>
  );
}

/** The waterfall as the terminal shows it. */
function waterfallAsText(): string {
  return waterfallText(trace.value!, {
    maxRows: Infinity,
    logs: shownLogs.value,
    explain: explains.value,
    linked: linked.value,
  });
}

function Highlights({ of: highlights }: { of: readonly Highlight[] }) {
  if (highlights.length === 0) return null;
  return (
    <ul class="highlights" aria-label="Highlights">
      {highlights.map(({ kind, text, spanId }) => (
        <li key={kind} class={kind}>
          <button type="button" onClick={() => goTo(spanId)} title={text}>
            <span class="words">{text}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
