import { useRef } from 'preact/hooks';
import { useComputed } from '@preact/signals';
import { counted, grouped } from '../../trace/numbers.ts';
import { serviceClass } from '../frame/colors.ts';
import { severities } from '../../trace/log-record.ts';
import { Menu } from '../frame/menu.tsx';
import { find, findInput, nextHit } from './find.ts';
import { momentCount } from './moments.ts';
import { keepFocus } from './scrolling.ts';
import {
  errorsOnly,
  explains,
  findText,
  focused,
  foldTo,
  hits,
  leastSeverity,
  logs,
  openLevels,
  rows,
  services,
  setExplains,
  shownZoom,
  showsPath,
  view,
  waterfall,
  zoomTo,
} from './state.ts';

/** The toolbar above the rows: search, filters, levels, and views. */
export function Toolbar() {
  return (
    <div class="toolbar">
      <Find />
      <Services />
      {view.value === 'timeline' && <RowTools />}
      {shownZoom.value && (
        <button
          type="button"
          class="button"
          onClick={() => keepFocus(() => zoomTo(undefined))}
          title="Show the whole trace (0)"
        >
          Whole trace
        </button>
      )}
      <button
        type="button"
        class="button explain"
        aria-pressed={explains.value}
        onClick={() => keepFocus(() => setExplains(!explains.value))}
        title="Show long gaps, and what is unusual about the spans (i)"
      >
        Explain
      </button>
      <Severities />
      <Views />
    </div>
  );
}

/** Chooses how severe the shown log lines are at least. It is always there, so that lines that arrive move nothing. */
function Severities() {
  const count = logs.value.length;
  return (
    <Menu
      class="check severities"
      label="Log lines"
      name="severity"
      value={leastSeverity.value}
      options={severities.slice(1)}
      none={count > 0 ? `all ${grouped(count)}` : 'none'}
      disabled={count === 0}
      textOf={(severity) => `from ${severity}`}
      onChoose={(chosen) => (leastSeverity.value = chosen)}
    />
  );
}

/** The tools that apply to rows only. */
function RowTools() {
  return (
    <div class="group">
      {waterfall.value.depth > 1 && <Levels />}
      <label class="check path-legend" title="The work that determined how long the trace took (c)">
        <input
          type="checkbox"
          checked={showsPath.value}
          onChange={({ currentTarget }) => (showsPath.value = currentTarget.checked)}
        />
        <span class="critical-sample" aria-hidden="true" />
        critical path
      </label>
    </div>
  );
}

function Find() {
  const place = useComputed(() => {
    const found = hits.value;
    if (!found) return '';
    if (found.length === 0) return 'no matches';
    const current = found.findIndex((index) => rows.value[index]!.span.spanId === focused.value);
    return current < 0 ? `${found.length} found` : `${current + 1} of ${found.length}`;
  });
  const input = useRef<HTMLInputElement>(null);
  findInput.current = input;
  return (
    <form
      class="find"
      role="search"
      aria-label="Find spans"
      onSubmit={(event) => {
        event.preventDefault();
        nextHit(1);
      }}
    >
      <label>
        <span class="hidden-text">Find spans: words, "a phrase", key=value, -without</span>
        <input
          ref={input}
          type="search"
          placeholder="Find: words, key=value"
          title={'Spans that contain all words; "a phrase"; key=value; -without (/)'}
          autocomplete="off"
          spellcheck={false}
          value={findText.value}
          onInput={({ currentTarget }) => find(currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && event.shiftKey) {
              event.preventDefault();
              nextHit(-1);
            } else if (event.key === 'Escape') {
              find('');
              event.currentTarget.blur();
            }
          }}
        />
      </label>
      <button
        type="button"
        class="button"
        aria-disabled={!hits.value?.length}
        aria-label="Previous match"
        title="Previous (N)"
        onClick={() => nextHit(-1)}
      >
        ↑
      </button>
      <button
        type="submit"
        class="button"
        aria-disabled={!hits.value?.length}
        aria-label="Next match"
        title="Next (n)"
      >
        ↓
      </button>
      <output aria-live="polite">{place}</output>
    </form>
  );
}

/** If there are more services than this, the rest are in a menu. */
const MAX_CHIPS = 8;

/** The colors of the services, and filters by service and by error. */
function Services() {
  const counts = new Map<string, number>();
  for (const { span } of rows.value) counts.set(span.service, (counts.get(span.service) ?? 0) + 1);
  const all = waterfall.value.services;
  const toggle = (service: string) => {
    const chosen = new Set(services.value);
    if (!chosen.delete(service)) chosen.add(service);
    keepFocus(() => (services.value = all.every((each) => chosen.has(each)) ? new Set() : chosen));
  };
  const first = all.length > MAX_CHIPS + 2 ? all.slice(0, MAX_CHIPS) : all;
  // Chosen services are always visible, so that they can be removed, even one from the URL without a span in this
  // trace.
  const visible = [...new Set([...first, ...services.value])];
  const others = all.filter((service) => !visible.includes(service));
  return (
    <div class="services" role="group" aria-label="Show only these services">
      {visible.map((service) => (
        <button
          key={service}
          type="button"
          class={`chip ${serviceClass(service)}`}
          aria-pressed={services.value.has(service)}
          onClick={() => toggle(service)}
          title={`Show only ${service}`}
        >
          <span class="swatch" aria-hidden="true" />
          <bdi>{service}</bdi> <small>{counts.get(service) ?? 0}</small>
        </button>
      ))}
      {others.length > 0 && (
        <select
          aria-label="More services"
          value=""
          onChange={({ currentTarget }) => currentTarget.value && toggle(currentTarget.value)}
        >
          <option value="">{counted(others.length, 'more service')}</option>
          {others.map((service) => (
            <option key={service} value={service}>
              {service}
            </option>
          ))}
        </select>
      )}
      {(waterfall.value.errorCount > 0 || errorsOnly.value) && (
        <button
          type="button"
          class="chip errors"
          aria-pressed={errorsOnly.value}
          onClick={() => keepFocus(() => (errorsOnly.value = !errorsOnly.value))}
        >
          <span class="error-sign" aria-hidden="true" />
          errors <small>{waterfall.value.errorCount}</small>
        </button>
      )}
    </div>
  );
}

function Levels() {
  const { depth } = waterfall.value;
  const open = openLevels();
  return (
    <div class="levels" role="group" aria-label="Expanded levels">
      <button
        type="button"
        class="button"
        aria-label="Collapse one level"
        title="Collapse one level (p)"
        aria-disabled={open <= 1}
        onClick={() => open > 1 && foldTo(open - 1)}
      >
        −
      </button>
      <output>
        {open} of {counted(depth, 'level')}
      </output>
      <button
        type="button"
        class="button"
        aria-label="Expand one level"
        title="Expand one level (o)"
        aria-disabled={open >= depth}
        onClick={() => open < depth && foldTo(open + 1)}
      >
        +
      </button>
      <button
        type="button"
        class="button wide-only"
        title="Expand all levels ([)"
        onClick={() => foldTo(Infinity)}
      >
        Expand all
      </button>
    </div>
  );
}

function Views() {
  return (
    <div class="views" role="group" aria-label="View">
      <button
        type="button"
        class="button"
        aria-pressed={view.value === 'timeline'}
        onClick={() => (view.value = 'timeline')}
      >
        Timeline
      </button>
      <button
        type="button"
        class="button"
        aria-pressed={view.value === 'events'}
        onClick={() => (view.value = 'events')}
      >
        Events <small>{momentCount}</small>
      </button>
    </div>
  );
}
