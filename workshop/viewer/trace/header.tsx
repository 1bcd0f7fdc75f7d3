import { useRef } from 'preact/hooks';
import { counted, grouped } from '../../trace/numbers.ts';
import { waterfallText } from '../../trace/text.ts';
import { durationText } from '../../trace/waterfall.ts';
import { agoNow } from '../frame/clock.ts';
import { CopyButton } from '../frame/copy.tsx';
import { serviceClass } from '../frame/colors.ts';
import { shownId } from '../frame/short-ids.ts';
import { size } from '../frame/preferences.ts';
import { clockTime } from '../frame/times.ts';
import { type Highlight, highlightsOf } from './highlights.ts';
import { isPrinting } from './printing.ts';
import { goTo } from './scrolling.ts';
import { errorsOnly, explains, isIncomplete, rows, shownLogs, trace, waterfall } from './state.ts';

/** The name and figures of the trace, and below them its highlights. */
export function TraceHeader() {
  const { traceId, startUs, durationUs, services, depth, errorCount } = waterfall.value;
  const root = rows.value[0]!;
  const highlights = highlightsOf(waterfall.value);
  // On a projector, the first screen must have room for rows, so the rest of the header is in a menu.
  const isTerse = size.value === 'projector' && !isPrinting.value;
  const [visible, hidden] = isTerse ? [highlights.slice(0, 1), highlights.slice(1)] : [highlights, []];
  return (
    <header class={`trace-header ${serviceClass(root.span.service)}`}>
      <div class="title">
        <h1>
          <span class="service">{root.span.service}</span> <span class="name">{root.span.name}</span>
        </h1>
        <p class="total" title={`${grouped(durationUs)} µs`}>
          <span class="hidden-text">takes </span>
          {durationText(waterfall.value)}
        </p>
      </div>
      <div class="facts">
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
        {isTerse ? <More highlights={hidden} traceId={traceId} /> : <Tools traceId={traceId} />}
      </div>
      <Highlights of={visible} label="Highlights" />
    </header>
  );
}

/** A menu with the other highlights and the tools. It closes with Escape or when a highlight is chosen. */
function More({ highlights, traceId }: { highlights: readonly Highlight[]; traceId: string }) {
  const menu = useRef<HTMLDetailsElement>(null);
  const close = () => (menu.current!.open = false);
  const closeByKey = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !menu.current!.open) return;
    event.preventDefault();
    close();
    menu.current!.querySelector('summary')!.focus();
  };
  return (
    <details class="more" ref={menu} onKeyDown={closeByKey}>
      <summary class="button">
        {highlights.length > 0 ? `More: ${counted(highlights.length, 'highlight')}` : 'More'}
      </summary>
      <div>
        <div onClick={close}>
          <Highlights of={highlights} label="More highlights" />
        </div>
        <Tools traceId={traceId} />
      </div>
    </details>
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
      <p class="actions">
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
  return waterfallText(trace.value!, { maxRows: Infinity, logs: shownLogs.value, explain: explains.value });
}

function Highlights({ of: highlights, label }: { of: readonly Highlight[]; label: string }) {
  if (highlights.length === 0) return null;
  return (
    <ul class="highlights" aria-label={label}>
      {highlights.map(({ kind, text, spanId }) => (
        <li key={kind} class={kind}>
          <button type="button" onClick={() => goTo(spanId)} title={text}>
            <span class="sign" aria-hidden="true" />
            <span class="words">{text}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
