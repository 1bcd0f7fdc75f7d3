import { traceUrl } from '../../trace/ids.ts';
import { shownId } from '../frame/short-ids.ts';
import { clockTime } from '../frame/times.ts';
import { secondsFormatter } from './format.ts';
import { chosenExemplars } from './state.ts';

/** More rows than this are left out; the chart has a dot for every exemplar. */
const MAX_ROWS = 20;

/** The exemplars as a list: what the dots of the chart show, for the keyboard and for screen readers. */
export function Exemplars() {
  const exemplars = chosenExemplars.value;
  const shown = exemplars.slice(0, MAX_ROWS);
  const format = secondsFormatter(shown.map(({ duration }) => duration));
  return (
    <section class="exemplars" aria-labelledby="exemplars-title">
      <h2 id="exemplars-title">
        Exemplars <small>requests with a trace, the slowest first</small>
      </h2>
      {exemplars.length === 0 && (
        <p>
          No exemplar has a trace in this backend. A histogram has exemplars if the service adds trace ids to
          what it counts.
        </p>
      )}
      <ol class="card">
        {shown.map(({ traceId, time, duration, status, method, route, instance }) => (
          <li key={`${traceId} ${instance}`}>
            <a class="exemplar-link" href={traceUrl(traceId)}>
              <strong>{format(duration)}</strong>
            </a>
            <span class={status >= '500' ? 'failed' : ''}>{status}</span>
            <bdi>
              {method} {route}
            </bdi>
            <bdi>{instance}</bdi>
            <time dateTime={new Date(time * 1_000).toISOString()}>{clockTime(time * 1_000_000)}</time>
            <code>{shownId(traceId)}</code>
          </li>
        ))}
      </ol>
    </section>
  );
}
