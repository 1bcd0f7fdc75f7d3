import { useComputed } from '@preact/signals';
import { counted, grouped } from '../../trace/numbers.ts';
import { serviceClass } from '../frame/colors.ts';
import { severities } from '../../trace/log-record.ts';
import { Menu } from '../frame/menu.tsx';
import { Popup } from '../frame/popup.tsx';
import { Button } from '../frame/button.tsx';
import { findInput, nextHit } from './find.ts';
import { momentCount } from './moments.ts';
import { isPrinting } from './printing.ts';
import { keepFocus } from './scrolling.ts';
import { errorsOnly, findText, hits, services } from './filters.ts';
import { leastSeverity, logs } from './logs.ts';
import { focused, foldTo, openLevels } from './shown.ts';
import { explains, rows, setExplains, showsPath, view, waterfall } from './state.ts';
import { shownZoom, zoomTo } from './zoom.ts';

/** The toolbar above the rows: search, filters, levels, and views. */
export function Toolbar() {
  return (
    <div class="toolbar strip">
      <Find />
      <Services />
      <Errors />
      {view.value === 'timeline' && <RowTools />}
      {shownZoom.value && (
        <Button onClick={() => keepFocus(() => zoomTo(undefined))} title="Show the whole trace (0)">
          Whole trace
        </Button>
      )}
      <ExplainButton />
      <Severities />
      <Views />
      {isPrinting.value && showsPath.value && (
        <p class="path-legend">
          <span class="critical-sample" /> critical path
        </p>
      )}
    </div>
  );
}

/** Explains the trace, or doesn't. */
export function ExplainButton() {
  return (
    <Button
      class="explain"
      aria-pressed={explains.value}
      onClick={() => keepFocus(() => setExplains(!explains.value))}
      title="Show long gaps, and what is unusual about the spans (i)"
    >
      Explain
    </Button>
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
    <Popup label="Rows">
      {waterfall.value.depth > 1 && <Levels />}
      <label class="check" title="The work that determined how long the trace took (c)">
        <input
          type="checkbox"
          checked={showsPath.value}
          onChange={({ currentTarget }) => (showsPath.value = currentTarget.checked)}
        />
        <span class="critical-sample" aria-hidden="true" />
        critical path
      </label>
    </Popup>
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
  return (
    <form
      class="find strip"
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
          ref={findInput}
          type="search"
          placeholder="Find: words, key=value"
          title={'Spans that contain all words; "a phrase"; key=value; -without (/)'}
          autocomplete="off"
          spellcheck={false}
          value={findText.value}
          onInput={({ currentTarget }) => (findText.value = currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && event.shiftKey) {
              event.preventDefault();
              nextHit(-1);
            } else if (event.key === 'Escape') {
              findText.value = '';
              event.currentTarget.blur();
            }
          }}
        />
      </label>
      <Button
        aria-disabled={!hits.value?.length}
        aria-label="Previous match"
        title="Previous (N)"
        onClick={() => nextHit(-1)}
      >
        ↑
      </Button>
      <Button type="submit" aria-disabled={!hits.value?.length} aria-label="Next match" title="Next (n)">
        ↓
      </Button>
      <output aria-live="polite">{place}</output>
    </form>
  );
}

/** The filter by service: a menu, and beside it what is chosen, as a button that removes it. */
function Services() {
  const counts = new Map<string, number>();
  for (const { span } of rows.value) counts.set(span.service, (counts.get(span.service) ?? 0) + 1);
  const all = waterfall.value.services;
  const chosen = services.value;
  const choose = (next: ReadonlySet<string>) => keepFocus(() => (services.value = next));
  const toggle = (service: string) => {
    const next = new Set(chosen);
    if (!next.delete(service)) next.add(service);
    choose(all.every((each) => next.has(each)) ? new Set() : next);
  };
  const [only] = chosen;
  return (
    <div class="services strip" role="group" aria-label="Show only these services">
      <select
        aria-label="Services"
        title="Show only the spans of a service"
        value=""
        onChange={({ currentTarget }) => {
          const service = currentTarget.value;
          currentTarget.value = '';
          if (service !== '') toggle(service);
        }}
      >
        <option value="">
          {chosen.size === 0 ? counted(all.length, 'service') : `${chosen.size} of ${all.length}`}
        </option>
        {all.map((service) => (
          <option key={service} value={service}>
            {chosen.has(service) ? '✓ ' : ''}
            {service} ({counts.get(service)})
          </option>
        ))}
      </select>
      {only !== undefined && (
        <button
          type="button"
          class={chosen.size === 1 ? `chip ${serviceClass(only)}` : 'chip'}
          aria-pressed="true"
          title="Show all services"
          onClick={() => choose(new Set())}
        >
          {chosen.size === 1 ? (
            <>
              <span class="swatch" aria-hidden="true" />
              <bdi class="cut">{only}</bdi> <small>{counts.get(only) ?? 0}</small>
            </>
          ) : (
            counted(chosen.size, 'service')
          )}
        </button>
      )}
    </div>
  );
}

/** The filter by error. */
function Errors() {
  const { errorCount } = waterfall.value;
  if (errorCount === 0 && !errorsOnly.value) return null;
  return (
    <button
      type="button"
      class="chip errors"
      aria-pressed={errorsOnly.value}
      onClick={() => keepFocus(() => (errorsOnly.value = !errorsOnly.value))}
    >
      <span class="error-sign" aria-hidden="true" />
      errors <small>{errorCount}</small>
    </button>
  );
}

function Levels() {
  const { depth } = waterfall.value;
  const open = openLevels();
  return (
    <div class="levels strip" role="group" aria-label="Expanded levels">
      <Button
        aria-label="Collapse one level"
        title="Collapse one level (p)"
        aria-disabled={open <= 1}
        onClick={() => open > 1 && foldTo(open - 1)}
      >
        −
      </Button>
      <output>
        {open} of {counted(depth, 'level')}
      </output>
      <Button
        aria-label="Expand one level"
        title="Expand one level (o)"
        aria-disabled={open >= depth}
        onClick={() => open < depth && foldTo(open + 1)}
      >
        +
      </Button>
      <Button title="Expand all levels ([)" onClick={() => foldTo(Infinity)}>
        Expand all
      </Button>
    </div>
  );
}

function Views() {
  return (
    <div class="views strip" role="group" aria-label="View">
      <Button aria-pressed={view.value === 'timeline'} onClick={() => (view.value = 'timeline')}>
        Timeline
      </Button>
      <Button aria-pressed={view.value === 'events'} onClick={() => (view.value = 'events')}>
        Events <small>{momentCount}</small>
      </Button>
    </div>
  );
}
