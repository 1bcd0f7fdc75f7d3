import { batch, effect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { TraceAnswer } from '../../backend/pages/answers.ts';
import { fromColumns } from '../../trace/columns.ts';
import { counted } from '../../trace/numbers.ts';
import { knowServices } from '../frame/colours.ts';
import { drawPage } from '../frame/frame.tsx';
import { traceIdFrom } from '../frame/ids.ts';
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
  focused,
  hits,
  isAnswered,
  openSpans,
  problem,
  range,
  rowIndexes,
  rows,
  trace,
  view,
  waterfall,
  zoom,
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
  const isTouched = held !== undefined || zoom.value !== undefined || openSpans.value.size > 0;
  const change = () => {
    knowServices(answer.services);
    trace.value = fromColumns(answer.trace);
    if (!before || !isTouched) fitDensity();
    const { startUs, durationUs } = waterfall.value;
    if (!before) return;
    const earlier = before.startUs - startUs;
    const isLonger = earlier > 0 || durationUs > before.durationUs;
    if (isLonger && isTouched) {
      zoom.value = { fromUs: before.range.fromUs + earlier, toUs: before.range.toUs + earlier };
    }
    const added = rows.value.length - before.spans;
    const more = added > 0 ? `${counted(added, 'more span')} arrived.` : 'The trace changed.';
    const waits = isLonger && isTouched;
    tell(waits ? `${more} The trace is longer than what is shown.` : more, { waits });
  };
  withoutHistory(() => batch(change));
  if (held) requestAnimationFrame(() => restoreAnchor(held));
  if (!before) arrive();
  else if (expected !== undefined && rowIndexes.value.has(expected)) arriveLate(expected);
}

/** The span that a link leads to and that is not there yet. */
let expected: string | undefined;

/** A link can lead to a span: by its id after `#span-`, or as the one thing that `uiFind` finds. */
function arrive(): void {
  const isNamed = location.hash.startsWith('#span-');
  const first = rows.value[hits.value?.[0] ?? -1];
  const target = isNamed ? focused.value : first?.span.spanId;
  if (target === undefined) return;
  if (!rowIndexes.value.has(target)) {
    expected = target;
    tell(`The span ${target}, to which the link leads, has not arrived.`, { waits: true });
    return;
  }
  const isDirect = isNamed || hits.value?.length === 1;
  goTo(target, { open: isDirect && openSpans.value.size === 0 });
}

/** Goes there after all, unless the reader went somewhere else meanwhile. */
function arriveLate(target: string): void {
  expected = undefined;
  if (focused.value === target) goTo(target, { open: true });
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
    if (root) document.title = `${root.service}: ${root.name} · trace ${traceId.slice(0, 8)}`;
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
