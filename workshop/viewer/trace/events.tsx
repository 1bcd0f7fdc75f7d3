import { formatDuration } from '../../trace/duration.ts';
import { grouped } from '../../trace/numbers.ts';
import { serviceClass } from '../frame/colours.ts';
import { clockTime } from '../frame/times.ts';
import { goTo } from './scrolling.ts';
import { events, isFiltered, waterfall } from './state.ts';

/** More events than this are not shown, because drawing them takes long. */
const MAX_EVENTS = 2_000;

/** The events of the trace in chronological order. */
export function EventsView() {
  const all = events.value;
  if (all.length === 0 && isFiltered.value) {
    return (
      <p class="empty-view" role="status">
        No span that matches the filter recorded an event.
      </p>
    );
  }
  if (all.length === 0) {
    return (
      <p class="empty-view">
        No span of this trace recorded an event. In code: <code>span.addEvent('cache miss')</code> or{' '}
        <code>span.recordException(error)</code>.
      </p>
    );
  }
  return (
    <div class="table-scroll">
      <table class="events-view">
        <thead>
          <tr>
            <th scope="col">After</th>
            <th scope="col">Time</th>
            <th scope="col">Event</th>
            <th scope="col">Span</th>
            <th scope="col">Attributes</th>
          </tr>
        </thead>
        <tbody>
          {all.slice(0, MAX_EVENTS).map(({ row, event, place }) => (
            <tr key={`${row.span.spanId} ${place}`} class={serviceClass(row.span.service)}>
              <td class="number">{formatDuration(event.timeUs - waterfall.value.startUs)}</td>
              <td class="number">{clockTime(event.timeUs)}</td>
              <td class={event.name === 'exception' ? 'failed' : ''}>
                <bdi>{event.name || 'event'}</bdi>
              </td>
              <td>
                <button type="button" class="link" onClick={() => goTo(row.span.spanId, { open: true })}>
                  <span class="swatch" aria-hidden="true" />
                  <bdi>{row.span.name}</bdi>
                </button>
              </td>
              <td>
                {Object.entries(event.attributes).map(([key, value]) => (
                  <span class="pair" key={key}>
                    <bdi>{key}</bdi>=<bdi>{shortened(String(value))}</bdi>
                  </span>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {all.length > MAX_EVENTS && (
        <p class="empty-view">
          The first {grouped(MAX_EVENTS)} of {grouped(all.length)} events are shown; the JSON has all of them.
        </p>
      )}
    </div>
  );
}

function shortened(text: string): string {
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}
