import { effect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { fromLogColumns } from '../../trace/log-columns.ts';
import type { LogsResponse, TraceResponse } from '../../trace/page-data.ts';
import { counted } from '../../trace/numbers.ts';
import { setServices } from '../frame/colors.ts';
import { drawPage } from '../frame/frame.tsx';
import { traceIdFrom } from '../../trace/ids.ts';
import { shownId } from '../frame/short-ids.ts';
import { findMatches, Matches, matches } from './matches.tsx';
import { logsUrlOf } from '../../trace/search/logs.ts';
import { poll } from '../frame/live.ts';
import { receive } from './arrival.ts';
import { EventsView } from './events.tsx';
import { TraceHeader } from './header.tsx';
import { Notification, notify } from './notification.tsx';
import { Overview } from './overview.tsx';
import { isShown } from './parts.tsx';
import { Rows } from './rows.tsx';
import { Ruler } from './ruler.tsx';
import { followPrinting } from './printing.ts';
import { goTo } from './scrolling.ts';
import { bindTraceKeys } from './shortcuts.ts';
import { isDense } from './sizes.ts';
import { logs } from './logs.ts';
import { hasResponse, knownServices, problem, rows, trace, view, waterfall } from './state.ts';
import { Toolbar } from './toolbar.tsx';
import { keepUrl, readUrl } from './url.ts';
import { zoomByWheel } from './wheel.ts';

const typedId = decodeURIComponent(location.pathname.split('/')[2] ?? '').trim();
const traceId = traceIdFrom(typedId);

function TracePage() {
  useEffect(followPrinting, []);
  if (problem.value) return <Problem />;
  if (!trace.value || rows.value.length === 0) {
    if (matches.value.matches.length > 0) return <Matches id={typedId} />;
    return hasResponse.value ? <NotArrived /> : <Skeleton />;
  }
  return (
    <>
      <TraceHeader />
      {isShown('overview') && <Overview />}
      <section
        class={isDense.value ? 'timeline dense' : 'timeline'}
        aria-label="Timeline"
        onWheel={zoomByWheel}
      >
        <div class="timeline-head">
          {isShown('toolbar') && <Toolbar />}
          {view.value === 'timeline' && <Ruler />}
        </div>
        {view.value === 'timeline' ? <Rows /> : <EventsView />}
      </section>
      <Notification />
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

function NotArrived() {
  return (
    <div class="empty-view">
      <h1>No spans of this trace have arrived yet</h1>
      <p>
        <code>{traceId}</code>
      </p>
      {typedId.length < 32 && (
        <p>
          A full trace id has 32 digits, and this one has {typedId.length}. No stored trace has an id that
          begins with these digits, and no stored span has this id.
        </p>
      )}
      <p>
        The trace appears here as soon as a span arrives. A service sends its spans a moment after they have
        ended; a service that is not traced sends no spans. The backend keeps only the newest traces, and
        loses all of them when it restarts.
      </p>
      <p>
        <a class="button" href="/search">
          Search traces
        </a>{' '}
        {logs.value.length > 0 && (
          <a class="button" href={`/logs?traceID=${traceId}`}>
            Show its {counted(logs.value.length, 'log line')}
          </a>
        )}
      </p>
    </div>
  );
}

function Problem() {
  return (
    <div class="empty-view">
      <h1>This trace can't be shown</h1>
      <p>{problem}</p>
      <p>
        <a class="button" href="/search">
          Search traces
        </a>
      </p>
    </div>
  );
}

function start(): void {
  if (!traceId) {
    problem.value = `"${location.pathname.split('/')[2] ?? ''}" is not a valid trace id: an id has up to 32 hexadecimal digits (0–9, a–f).`;
    return;
  }
  readUrl();
  keepUrl((spanId) => goTo(spanId, { open: true }));
  bindTraceKeys();
  effect(() =>
    setServices(knownServices.value, [
      ...waterfall.value.services,
      ...new Set(logs.value.map(({ service }) => service)),
    ]),
  );
  effect(() => {
    const root = rows.value[0]?.span;
    if (root) document.title = `${root.service}: ${root.name} · trace ${shownId(traceId)}`;
  });
  poll<TraceResponse>(
    () => `/viewer/trace/${traceId}`,
    (response) => {
      // After the first rows are drawn, because the log records would delay them.
      if (!hasResponse.value) requestAnimationFrame(() => setTimeout(followLogs));
      hasResponse.value = true;
      problem.value = response.problem;
      if (response.problem) return;
      if (response.data) receive(response.data);
      else if (!trace.value && typedId.length < 32) findMatches(typedId);
      else if (trace.value)
        notify('The backend no longer has this trace. This page still shows it.', { stays: true });
    },
  );
}

function followLogs(): void {
  poll<LogsResponse>(
    () => logsUrlOf(traceId!),
    ({ data }) => {
      if (data) logs.value = fromLogColumns(data.logs);
    },
  );
}

start();
drawPage(<TracePage />);
