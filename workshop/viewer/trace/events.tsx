import { tableFormatter } from '../../trace/duration.ts';
import { grouped } from '../../trace/numbers.ts';
import { serviceClass } from '../frame/colors.ts';
import { SeverityName } from '../frame/severity.tsx';
import { clockTime } from '../frame/times.ts';
import { foundMoments, type Moment, momentCount } from './moments.ts';
import { goTo } from './scrolling.ts';
import { findText, isFiltered } from './filters.ts';
import { leastSeverity } from './logs.ts';
import { waterfall } from './state.ts';

/** More events than this are not shown, because drawing them takes long. */
const MAX_EVENTS = 2_000;

/** The events and log lines of the trace in chronological order. */
export function EventsView() {
  const all = foundMoments.value;
  if (all.length === 0) return <NoEvents />;
  const shown = all.slice(0, MAX_EVENTS);
  const { startUs } = waterfall.value;
  const after = ({ timeUs }: Moment) => (timeUs === 0 ? 0 : timeUs - startUs);
  const format = tableFormatter(shown.map(after));
  return (
    <div class="table-scroll">
      <table class="events-view">
        <thead>
          <tr>
            <th scope="col">After</th>
            <th scope="col">Time</th>
            <th scope="col">Event or log line</th>
            <th scope="col">Span</th>
            <th scope="col">Attributes</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((moment) => (
            <MomentRow
              key={moment.key}
              moment={moment}
              after={moment.timeUs === 0 ? '' : format(after(moment))}
            />
          ))}
        </tbody>
      </table>
      {all.length > MAX_EVENTS && (
        <p class="empty-view">
          The first {grouped(MAX_EVENTS)} of {grouped(all.length)} are shown. To see others, filter or find
          them.
        </p>
      )}
    </div>
  );
}

function NoEvents() {
  if (momentCount.value > 0) {
    return (
      <p class="empty-view" role="status">
        No event or log line contains <bdi>{findText}</bdi>.
      </p>
    );
  }
  if (isFiltered.value || leastSeverity.value !== '') {
    return (
      <p class="empty-view" role="status">
        {isFiltered.value
          ? 'No span that matches the filter recorded an event. No log line matches either.'
          : `No event or log line is as severe as ${leastSeverity.value}.`}
      </p>
    );
  }
  return (
    <p class="empty-view">
      No span of this trace recorded an event. No log line has arrived either. In your code, log inside a
      span, and send the lines over OTLP, or use <code>span.addEvent('cache miss')</code> or{' '}
      <code>span.recordException(error)</code>.
    </p>
  );
}

function MomentRow({
  moment: { row, service, timeUs, text, level, record, attributes },
  after,
}: {
  moment: Moment;
  /** How long after the start of the trace it happened. */
  after: string;
}) {
  const { startUs } = waterfall.value;
  return (
    <tr class={serviceClass(service)}>
      <td class="number">{after}</td>
      <td class="number">{clockTime(timeUs, startUs / 1_000)}</td>
      <td class={level === 'error' ? 'failed' : ''}>
        {record && (
          <>
            <SeverityName of={record} />{' '}
          </>
        )}
        <bdi>{shortened(text)}</bdi>
      </td>
      <td>
        {row ? (
          <button type="button" class="link" onClick={() => goTo(row.span.spanId, { open: true })}>
            <span class="swatch" aria-hidden="true" />
            <bdi>{row.span.name}</bdi>
          </button>
        ) : (
          <span class="outside-spans muted">
            <span class="swatch" aria-hidden="true" />
            outside all spans
          </span>
        )}
      </td>
      <td>
        {Object.entries(attributes).map(([key, value]) => (
          <span class="pair" key={key}>
            <bdi>{key}</bdi>=<bdi>{shortened(String(value))}</bdi>
          </span>
        ))}
      </td>
    </tr>
  );
}

function shortened(text: string): string {
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}
