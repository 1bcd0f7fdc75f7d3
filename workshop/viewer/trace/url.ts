/**
 * The state of the trace page in its URL, so that a link shows what its sender saw and Back undoes the last step.
 *
 * `uiFind` is the search text, as in Jaeger; `#span-ID` is the focused row. `zoom=FROM-TO` is in µs from the start of
 * the trace; `level` is the number of expanded levels, and `toggled` lists the exceptions; `open` lists the spans whose
 * details are shown; `service` (may be repeated) and `errors` filter spans, and `severity` log lines; `path=0` hides the
 * critical path; `explain` explains the trace, and `explain=0` doesn't, whatever the browser remembers.
 */
import { batch, effect } from '@preact/signals';
import { isSeverity } from '../../trace/log-record.ts';
import { errorsOnly, findText, services } from './filters.ts';
import { leastSeverity } from './logs.ts';
import { focused, folding, openSpans } from './shown.ts';
import { explains, explainsInUrl, showsPath, view } from './state.ts';
import { zoom } from './zoom.ts';

/** The URL lists at most this many toggled or open spans, so that it stays short. */
const MAX_IDS = 100;

const spanId = /^[\w-]{1,64}$/;

/** Sets the state from the URL. Invalid values are ignored. */
export function readUrl(): void {
  const parameters = new URLSearchParams(location.search);
  const ids = (name: string) => (parameters.get(name) ?? '').split(',').filter((id) => spanId.test(id));
  const level = Number(parameters.get('level'));
  const [fromUs, toUs] = (parameters.get('zoom') ?? '').split('-').map(Number);
  batch(() => {
    findText.value = parameters.get('uiFind') ?? '';
    services.value = new Set(parameters.getAll('service'));
    errorsOnly.value = parameters.get('errors') === '1';
    explainsInUrl.value = parameters.has('explain') ? parameters.get('explain') !== '0' : undefined;
    const severity = parameters.get('severity') ?? '';
    leastSeverity.value = isSeverity(severity) ? severity : '';
    showsPath.value = parameters.get('path') !== '0';
    view.value = parameters.get('view') === 'events' ? 'events' : 'timeline';
    openSpans.value = new Set(ids('open'));
    folding.value = {
      depth: Number.isInteger(level) && level > 0 ? level : Infinity,
      toggled: new Set(ids('toggled')),
    };
    zoom.value =
      fromUs !== undefined && toUs !== undefined && fromUs >= 0 && toUs > fromUs
        ? { fromUs, toUs }
        : undefined;
    focused.value = spanOfHash() ?? focused.value;
  });
}

function spanOfHash(): string | undefined {
  const id = location.hash.replace(/^#span-/, '');
  return location.hash.startsWith('#span-') && spanId.test(id) ? id : undefined;
}

function urlOfState(): string {
  const parameters = new URLSearchParams();
  const add = (name: string, value: string) => value && parameters.append(name, value);
  add('uiFind', findText.value);
  for (const service of services.value) add('service', service);
  add('errors', errorsOnly.value ? '1' : '');
  add('severity', leastSeverity.value);
  add('view', view.value === 'timeline' ? '' : view.value);
  add('level', folding.value.depth === Infinity ? '' : String(folding.value.depth));
  add('toggled', [...folding.value.toggled].slice(0, MAX_IDS).join(','));
  add('open', [...openSpans.value].slice(0, MAX_IDS).join(','));
  add('zoom', zoom.value ? `${Math.round(zoom.value.fromUs)}-${Math.ceil(zoom.value.toUs)}` : '');
  add('path', showsPath.value ? '' : '0');
  add('explain', explains.value ? '1' : explainsInUrl.value === false ? '0' : '');
  const query = parameters.toString().replaceAll('%2C', ',');
  return `${location.pathname}${query && `?${query}`}${focused.value ? `#span-${focused.value}` : ''}`;
}

/** The state that Back restores: changing it adds a history entry; other changes replace the current entry. */
function landmarks(): { filter: string; zoom: string } {
  return {
    filter: JSON.stringify([[...services.value], errorsOnly.value, leastSeverity.value, view.value]),
    zoom: JSON.stringify(zoom.value),
  };
}

/** Whether the current change was not made by the reader. */
let isAutomatic = false;

/** Makes a change without a history entry, because the reader didn't make it. */
export function withoutHistory(change: () => void): void {
  isAutomatic = true;
  try {
    change();
  } finally {
    isAutomatic = false;
  }
}

/** Zooming again within this time is part of the same step, because a wheel zooms many times a second. */
const SAME_ZOOM_MS = 1_000;
/** Delays changes of the URL, because browsers block pages that change it too often, as with a key held down. */
const URL_DELAY_MS = 150;

/**
 * Keeps the URL in sync with the state, and the state with the URL when the reader goes back or forward or edits it.
 * `onSpan` is called with the span id when only the `#span-ID` has changed.
 */
export function keepUrl(onSpan: (spanId: string) => void): void {
  let last = landmarks();
  let lastUrl = '';
  let zoomedAt = -Infinity;
  let isReading = false;
  /** The query in the URL, which lags behind the state for a moment. */
  let { search } = location;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const replace = () => {
    if (waiting === undefined) return;
    clearTimeout(waiting);
    waiting = undefined;
    history.replaceState(null, '', lastUrl);
    ({ search } = location);
  };

  effect(() => {
    const url = urlOfState();
    const now = landmarks();
    const isZoomed = now.zoom !== last.zoom;
    const goesOn = isZoomed && performance.now() - zoomedAt < SAME_ZOOM_MS;
    const isStep = (now.filter !== last.filter || (isZoomed && !goesOn)) && lastUrl !== '';
    if (isStep && !isReading && !isAutomatic) {
      replace();
      history.pushState(null, '', url);
      ({ search } = location);
    } else if (url !== lastUrl && lastUrl !== '' && !isReading) {
      clearTimeout(waiting);
      waiting = setTimeout(replace, URL_DELAY_MS);
    }
    if (now.filter !== last.filter || isReading) zoomedAt = -Infinity;
    else if (isZoomed && !isAutomatic) zoomedAt = performance.now();
    last = now;
    lastUrl = url;
  });
  addEventListener('pagehide', replace);
  addEventListener('popstate', () => {
    if (location.search === search) {
      const target = spanOfHash();
      if (target !== undefined && target !== focused.value) onSpan(target);
      return;
    }
    ({ search } = location);
    clearTimeout(waiting);
    waiting = undefined;
    isReading = true;
    readUrl();
    isReading = false;
  });
}
