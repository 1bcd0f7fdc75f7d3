import { useEffect } from 'preact/hooks';
import { traceUrl } from '../../trace/ids.ts';
import { shownId } from '../frame/short-ids.ts';
import { type LogRecord, messageOf } from '../../trace/log-record.ts';
import { levelOf } from '../../trace/log-text.ts';
import { counted, grouped } from '../../trace/numbers.ts';
import { anyLogSearch } from '../../trace/search/logs.ts';
import { serviceClass } from '../frame/colors.ts';
import { LiveSwitch } from '../frame/live-switch.tsx';
import { readingHandlers } from '../frame/reading.ts';
import { SeverityName } from '../frame/severity.tsx';
import { clockTime } from '../frame/times.ts';
import { Button } from '../frame/button.tsx';
import { isLive, isReading, lines, response, searchFor, setLive } from './state.ts';

/** The line above the list: how many lines it has, and whether it is live. */
export function LinesHead() {
  const count = lines.value.length;
  const { kept } = response.value!;
  return (
    <div class="results-head strip">
      <h2>
        {counted(count, 'line')} <small>of {grouped(kept)} stored, newest first</small>
      </h2>
      <LiveSwitch what="New lines appear in the list" isLive={isLive} setLive={setLive} />
      <p class="paused">{isLive.value && isReading.value && 'paused while you read'}</p>
    </div>
  );
}

/** The log lines. The list can disappear under the pointer, for which there is no event; hence the cleanup. */
export function Lines() {
  useEffect(() => () => void (isReading.value = false), []);
  return (
    <ol class="log-lines card" {...readingHandlers(isReading)}>
      {lines.value.map(({ key, record }) => (
        <LogLine key={key} record={record} />
      ))}
    </ol>
  );
}

/** More attributes than this are only counted. */
const MAX_ATTRIBUTES = 8;

function LogLine({ record }: { record: LogRecord }) {
  const { service, timeUs, traceId, spanId } = record;
  const pairs = Object.entries(record.attributes);
  const message = <bdi class="message">{shortened(messageOf(record), 400)}</bdi>;
  return (
    <li class={`log-line ${levelOf(record)} ${serviceClass(service)}`}>
      <time dateTime={new Date(timeUs / 1_000).toISOString()}>{clockTime(timeUs)}</time>
      <SeverityName of={record} />
      <span class="service-of cut">
        <span class="swatch" aria-hidden="true" />
        <bdi>{service}</bdi>
      </span>
      <p>
        {traceId === '' ? (
          message
        ) : (
          <a class="line-link" href={traceUrl(traceId, spanId)} title={`Open trace ${shownId(traceId)}`}>
            {message}
          </a>
        )}{' '}
        {pairs.slice(0, MAX_ATTRIBUTES).map(([key, value]) => (
          <span class="pair" key={key}>
            <bdi>{key}</bdi>=<bdi>{shortened(String(value), 120)}</bdi>
          </span>
        ))}
        {pairs.length > MAX_ATTRIBUTES && (
          <small>{counted(pairs.length - MAX_ATTRIBUTES, 'more attribute')}</small>
        )}
      </p>
      <code class="id">{traceId === '' ? '' : shownId(traceId)}</code>
    </li>
  );
}

/** Shown instead of the lines if there are none. */
export function NoLines() {
  if (response.value!.kept > 0) {
    return (
      <div class="empty-view" role="status">
        <h2>No log line matches the search</h2>
        <p>
          <Button onClick={() => searchFor(anyLogSearch)}>
            Show all {counted(response.value!.kept, 'line')}
          </Button>
        </p>
      </div>
    );
  }
  return (
    <div class="empty-view">
      <h2>No log lines have arrived yet</h2>
      <p>
        A service sends its log lines with OTLP over gRPC to <code>http://localhost:4317</code> or over HTTP
        to <code>http://localhost:4318/v1/logs</code>. What services only print is shown by{' '}
        <code>npm run logs</code>.
      </p>
    </div>
  );
}

function shortened(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
