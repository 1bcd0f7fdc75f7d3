import { useEffect } from 'preact/hooks';
import type { TraceSummary } from '../../trace/page-data.ts';
import { formatDuration } from '../../trace/duration.ts';
import { counted } from '../../trace/numbers.ts';
import { agoNow } from '../frame/clock.ts';
import { serviceClass } from '../frame/colors.ts';
import { LiveSwitch } from '../frame/live-switch.tsx';
import { traceUrl } from '../../trace/ids.ts';
import { shownId } from '../frame/short-ids.ts';
import { clockTime } from '../frame/times.ts';
import { Button } from '../frame/button.tsx';
import {
  arrived,
  isLive,
  newTraces,
  order,
  orders,
  pair,
  picked,
  setLive,
  setOrder,
  setReading,
  showPending,
  togglePicked,
  traces,
  type Order,
} from './state.ts';

/** If there are more services than this, the rest are only counted. */
const MAX_CHIPS = 5;

/** The line above the list: the number of traces, their order, and new traces. */
export function ResultsHead() {
  const found = traces.value.length;
  return (
    <div class="results-head strip">
      <h2>{counted(found, 'trace')}</h2>
      <label class="check">
        <span class="hidden-text">Order</span>
        <select value={order.value} onChange={({ currentTarget }) => setOrder(currentTarget.value as Order)}>
          {Object.entries(orders).map(([name, [words]]) => (
            <option key={name} value={name}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <LiveSwitch what="New traces appear in the list" isLive={isLive} setLive={setLive} />
      <p class="new-traces" role="status">
        {newTraces.value.length > 0 && (
          <Button class="primary" onClick={showPending}>
            Show {counted(newTraces.value.length, 'new trace')}
          </Button>
        )}
      </p>
      <CompareTray />
    </div>
  );
}

function CompareTray() {
  const [first] = picked.value;
  if (!first) return <p class="compare-tray">Select two traces to compare them.</p>;
  if (!pair.value) {
    return (
      <p class="compare-tray">
        Select another trace to compare with <code>{shownId(first)}</code>.{' '}
        <Button onClick={() => togglePicked(first)}>Cancel</Button>
      </p>
    );
  }
  const [before, after] = pair.value;
  return (
    <p class="compare-tray">
      <a class="button primary" href={`/compare/${before}...${after}`}>
        Compare <code>{shownId(before)}</code> with <code>{shownId(after)}</code>
      </a>
    </p>
  );
}

/** The list of traces. It can disappear under the pointer, for which there is no event; hence the cleanup. */
export function Results() {
  useEffect(() => () => stopReading(), []);
  const longestUs = Math.max(1, ...traces.value.map(({ durationUs }) => durationUs));
  return (
    <ol
      class="results card"
      onPointerEnter={() => setReading('pointer', true)}
      onPointerLeave={() => setReading('pointer', false)}
      onFocusIn={({ target }) => setReading('keyboard', (target as HTMLElement).matches(':focus-visible'))}
      onFocusOut={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget as Node | null)) setReading('keyboard', false);
      }}
    >
      {traces.value.map((trace) => (
        <Result key={trace.traceId} trace={trace} longestUs={longestUs} />
      ))}
    </ol>
  );
}

function stopReading(): void {
  setReading('pointer', false);
  setReading('keyboard', false);
}

function Result({ trace, longestUs }: { trace: TraceSummary; longestUs: number }) {
  const { traceId, rootService, rootName, startUs, durationUs, spans, errors, services } = trace;
  const isPicked = picked.value.includes(traceId);
  const shown = services.length > MAX_CHIPS + 1 ? services.slice(0, MAX_CHIPS) : services;
  return (
    <li
      class={`result ${serviceClass(rootService)} ${errors > 0 ? 'error' : ''} ${arrived.value.has(traceId) ? 'new' : ''}`}
    >
      <label class="pick" title="Compare">
        <input type="checkbox" checked={isPicked} onChange={() => togglePicked(traceId)} />
        <span class="hidden-text">Compare {shownId(traceId)}</span>
      </label>
      <a class="result-link" href={traceUrl(traceId)}>
        <span class="result-name cut">
          <bdi class="name">{rootName}</bdi> <bdi class="service">{rootService}</bdi>
        </span>
        <span class="result-time">
          <time dateTime={new Date(startUs / 1_000).toISOString()}>{agoNow(startUs)}</time>
          <span class="absolute muted">{clockTime(startUs)}</span>
        </span>
        <span class="result-duration">
          <span class="track" aria-hidden="true">
            <span class="bar" style={{ width: `${Math.max(0.5, (durationUs / longestUs) * 100)}%` }} />
          </span>
          <span class="number">{formatDuration(durationUs)}</span>
        </span>
      </a>
      <p class="result-facts strip">
        {errors > 0 && (
          <span class="chip errors">
            <span class="error-sign" aria-hidden="true" />
            {counted(errors, 'error')}
          </span>
        )}
        <span class="count">{counted(spans, 'span')}</span>
        {shown.map((service) => (
          <span class={`chip ${serviceClass(service.name)}`} key={service.name}>
            <span class="swatch" aria-hidden="true" />
            <bdi class="cut">{service.name}</bdi> <small>{service.spans}</small>
            {service.errors > 0 && <span class="error-sign" title={counted(service.errors, 'error')} />}
          </span>
        ))}
        {shown.length < services.length && (
          <span class="count">and {services.length - shown.length} more</span>
        )}
        <code class="id">{shownId(traceId)}</code>
      </p>
    </li>
  );
}
