import { batch, effect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { TraceAnswer } from '../../backend/pages/answers.ts';
import { fromColumns } from '../../trace/columns.ts';
import type { Range } from '../../trace/lane.ts';
import { counted } from '../../trace/numbers.ts';
import { knowServices } from '../frame/colours.ts';
import { drawPage } from '../frame/frame.tsx';
import { shortId, traceIdFrom } from '../frame/ids.ts';
import { follow } from '../frame/live.ts';
import { EventsView } from './events.tsx';
import { Header } from './header.tsx';
import { News, tell } from './news.tsx';
import { Overview } from './overview.tsx';
import { Rows } from './rows.tsx';
import { Ruler } from './ruler.tsx';
import { followPrinting } from './paper.ts';
import { anchor, goTo, restoreAnchor } from './scrolling.ts';
import { bindTraceKeys } from './shortcuts.ts';
import { fitDensity, isDense } from './sizes.ts';
import {
  errorsOnly,
  findText,
  focused,
  heldRange,
  hits,
  isAnswered,
  openSpans,
  problem,
  range,
  rowIndexes,
  rows,
  services,
  shownZoom,
  trace,
  view,
  waterfall,
  zoom,
  zoomTo,
} from './state.ts';
import { Toolbar } from './toolbar.tsx';
import { keepUrl, readUrl, withoutHistory } from './url.ts';
import { zoomByWheel } from './wheel.ts';

const traceId = traceIdFrom(decodeURIComponent(location.pathname.split('/')[2] ?? ''));

function TracePage() {
  useEffect(followPrinting, []);
  if (problem.value) return <Problem />;
  if (!trace.value || rows.value.length === 0) return isAnswered.value ? <NotThere /> : <Skeleton />;
  return (
    <>
      <Header />
      <Overview />
      <section
        class={isDense.value ? 'timeline dense' : 'timeline'}
        aria-label="Timeline"
        onWheel={zoomByWheel}
      >
        <div class="timeline-head">
          <Toolbar />
          {view.value === 'timeline' && <Ruler />}
        </div>
        {view.value === 'timeline' ? <Rows /> : <EventsView />}
      </section>
      <News />
    </>
  );
}

function Skeleton() {
  return (
    <div class="skeleton" aria-busy="true" aria-label="Loading the trace">
      {Array.from({ length: 12 }, (_, index) => (
        <i key={index} />
      ))}
    </div>
  );
}

function NotThere() {
  return (
    <div class="empty-view">
      <h1>No span of this trace has arrived yet</h1>
      <p>
        <code>{traceId}</code>
      </p>
      <p>
        It appears here by itself as soon as one does. A service sends its spans a moment after they have
        ended; one that is not traced sends none. Only the newest traces are kept, and a backend that was
        started again begins with none.
      </p>
      <p>
        <a class="button" href="/search">
          See the traces that are here
        </a>
      </p>
    </div>
  );
}

function Problem() {
  return (
    <div class="empty-view">
      <h1>This trace cannot be shown</h1>
      <p>{problem}</p>
      <p>
        <a class="button" href="/search">
          See the traces that are here
        </a>
      </p>
    </div>
  );
}

/** Takes in what has arrived, and leaves what the reader looks at where it is. */
function take(answer: TraceAnswer): void {
  const before = trace.value && { spans: rows.value.length, ...waterfall.value, range: range.value };
  const held = before && anchor();
  const isTouched = held !== undefined || shownZoom.value !== undefined || openSpans.value.size > 0;
  withoutHistory(() =>
    batch(() => {
      knowServices(answer.services);
      trace.value = fromColumns(answer.trace);
      if (!before || !isTouched) fitDensity();
      if (before) keepRange(before, isTouched);
    }),
  );
  if (held) requestAnimationFrame(() => restoreAnchor(held));
  if (!before) arrive();
  else tellOfGrowth(before, isTouched);
}

/** Keeps the stretch of time on the screen, where somebody looks at it, although the trace begins earlier or ends later. */
function keepRange(before: { startUs: number; durationUs: number; range: Range }, isTouched: boolean): void {
  const earlier = before.startUs - waterfall.value.startUs;
  const later = ({ fromUs, toUs }: Range) => ({ fromUs: fromUs + earlier, toUs: toUs + earlier });
  if (zoom.value) zoom.value = later(zoom.value);
  else if (isTouched && isLonger(before)) heldRange.value = later(before.range);
}

function isLonger(before: { startUs: number; durationUs: number }): boolean {
  return waterfall.value.startUs < before.startUs || waterfall.value.durationUs > before.durationUs;
}

function tellOfGrowth(
  before: { spans: number; startUs: number; durationUs: number },
  isTouched: boolean,
): void {
  const added = rows.value.length - before.spans;
  const more = added > 0 ? `${counted(added, 'more span')} arrived.` : 'The trace changed.';
  if (expected && rowIndexes.value.has(expected.spanId)) arriveLate(expected);
  else if (expected) tell(`${more} ${notArrived(expected.spanId)}`, { waits: true });
  else if (isTouched && isLonger(before)) {
    const act = { label: 'Show all of it', run: () => zoomTo(undefined) };
    tell(`${more} The trace is longer than what is shown.`, { waits: true, act });
  } else tell(more);
}

/** The span that a link leads to and that is not there yet, with what the page showed when it was opened. */
let expected: { spanId: string; shown: string } | undefined;

function notArrived(spanId: string): string {
  return `The span ${spanId}, to which the link leads, has not arrived.`;
}

/** What a reader changes who goes somewhere else. */
function shownNow(): string {
  return JSON.stringify([
    focused.value,
    view.value,
    findText.value,
    [...services.value],
    errorsOnly.value,
    scrollY,
  ]);
}

/** A link can lead to a span: by its id after `#span-`, or as the one thing that `uiFind` finds. */
function arrive(): void {
  const isNamed = location.hash.startsWith('#span-');
  const first = rows.value[hits.value?.[0] ?? -1];
  const target = isNamed ? focused.value : first?.span.spanId;
  if (target === undefined || view.value === 'events') return;
  if (!rowIndexes.value.has(target)) {
    expected = { spanId: target, shown: shownNow() };
    tell(notArrived(target), { waits: true });
    return;
  }
  const isDirect = isNamed || hits.value?.length === 1;
  withoutHistory(() => goTo(target, { open: isDirect && openSpans.value.size === 0 }));
}

/** Goes there after all, unless the reader does something else meanwhile. */
function arriveLate({ spanId, shown }: { spanId: string; shown: string }): void {
  expected = undefined;
  const go = () => goTo(spanId, { open: true });
  if (shown === shownNow()) withoutHistory(go);
  else
    tell(`The span ${spanId}, to which the link leads, has arrived.`, {
      waits: true,
      act: { label: 'Go there', run: go },
    });
}

function start(): void {
  if (!traceId) {
    problem.value = `"${location.pathname.split('/')[2] ?? ''}" is no trace id: one has up to 32 digits of 0–9 and a–f.`;
    return;
  }
  readUrl();
  keepUrl((spanId) => goTo(spanId, { open: true }));
  bindTraceKeys();
  effect(() => {
    const root = rows.value[0]?.span;
    if (root) document.title = `${root.service}: ${root.name} · trace ${shortId(traceId)}`;
  });
  follow<TraceAnswer>(
    () => `/viewer/trace/${traceId}`,
    (answer) => {
      isAnswered.value = true;
      problem.value = 'problem' in answer ? answer.problem : '';
      if ('problem' in answer) return;
      if (answer.data) take(answer.data);
      else if (trace.value)
        tell('The backend does not hold this trace any more. What you see stays.', { waits: true });
    },
  );
}

start();
drawPage(<TracePage />);
