/** Shows the traces that a shortened trace id or a span id refers to, if no trace has exactly this id. */
import { signal } from '@preact/signals';
import { formatDuration } from '../../trace/duration.ts';
import { counted } from '../../trace/numbers.ts';
import type { IdsResponse } from '../../trace/page-data.ts';
import { agoNow } from '../frame/clock.ts';
import { urlOfMatch } from '../frame/header.ts';
import { poll } from '../frame/live.ts';
import { trace } from './state.ts';

export const matches = signal<IdsResponse>({ matches: [], more: 0 });
let isAsking = false;

/**
 * Asks the backend which traces an id leads to, now and when others arrive, until the trace with exactly this id does. If
 * there is only one, goes to its page.
 */
export function findMatches(id: string): void {
  if (isAsking) return;
  isAsking = true;
  poll<IdsResponse>(
    () => (trace.value ? undefined : `/viewer/ids/${id.toLowerCase()}`),
    ({ data }) => {
      if (!data) return;
      matches.value = data;
      if (data.matches.length === 1) location.replace(urlOfMatch(data.matches[0]!));
    },
  );
}

/** The list of the traces that an id leads to. */
export function Matches({ id }: { id: string }) {
  const { matches: found, more } = matches.value;
  const isSpan = found[0]?.spanId !== undefined;
  return (
    <div class="empty-view id-matches">
      <h1>
        {counted(found.length + more, 'trace')} {isSpan ? 'with the span' : 'with ids that begin with'}{' '}
        <code>{id}</code>
      </h1>
      <ul>
        {found.map((match) => (
          <li key={match.trace.traceId}>
            <a href={urlOfMatch(match)}>
              <bdi>
                {match.trace.rootService}: {match.trace.rootName}
              </bdi>
            </a>{' '}
            <code>{match.trace.traceId}</code>{' '}
            <small>
              {formatDuration(match.trace.durationUs)}, {agoNow(match.trace.startUs)}
            </small>
          </li>
        ))}
      </ul>
      {more > 0 && <p>Not listed: {counted(more, 'older trace')}. Type more digits of the id.</p>}
    </div>
  );
}
