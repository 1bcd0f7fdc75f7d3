/**
 * The state of the trace page in its URL, so that a link shows what its sender saw and Back undoes what was done.
 *
 * `uiFind` looks for spans, as in Jaeger; `#span-ID` is the row that keys act on. `zoom=FROM-TO` is in µs from the start
 * of the trace, `level` the number of levels open and `toggled` the spans that are the other way round; `open` are the
 * spans whose details are shown; `service` (any number of them) and `errors` filter; `path=0` hides the critical path.
 */
import { batch, effect } from '@preact/signals';
import {
  errorsOnly,
  findText,
  focused,
  folding,
  openSpans,
  services,
  showsPath,
  view,
  zoom,
} from './state.ts';

/** Single rows that somebody folded or opened are kept in the URL up to this many, because a URL must stay short. */
const MAX_IDS = 100;

const spanId = /^[\w-]{1,64}$/;

/** Sets the state to what the URL says. What is no valid id, number or word in it counts as not there. */
export function readUrl(): void {
  const parameters = new URLSearchParams(location.search);
  const ids = (name: string) => (parameters.get(name) ?? '').split(',').filter((id) => spanId.test(id));
  const level = Number(parameters.get('level'));
  const [fromUs, toUs] = (parameters.get('zoom') ?? '').split('-').map(Number);
  batch(() => {
    findText.value = parameters.get('uiFind') ?? '';
    services.value = new Set(parameters.getAll('service'));
    errorsOnly.value = parameters.get('errors') === '1';
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
  add('view', view.value === 'timeline' ? '' : view.value);
  add('level', folding.value.depth === Infinity ? '' : String(folding.value.depth));
  add('toggled', [...folding.value.toggled].slice(0, MAX_IDS).join(','));
  add('open', [...openSpans.value].slice(0, MAX_IDS).join(','));
  add('zoom', zoom.value ? `${Math.round(zoom.value.fromUs)}-${Math.ceil(zoom.value.toUs)}` : '');
  add('path', showsPath.value ? '' : '0');
  const query = parameters.toString().replaceAll('%2C', ',');
  return `${location.pathname}${query && `?${query}`}${focused.value ? `#span-${focused.value}` : ''}`;
}

/** What Back undoes one by one: a change of these is a new entry of the history, one of the rest changes the last. */
function landmarks(): { filter: string; zoom: string } {
  return {
    filter: JSON.stringify([[...services.value], errorsOnly.value, view.value]),
    zoom: JSON.stringify(zoom.value),
  };
}

/** Whether what changes now was not asked for by the reader. */
let isAutomatic = false;

/** Makes a change that the reader did not ask for, and that Back therefore need not undo. */
export function withoutHistory(change: () => void): void {
  isAutomatic = true;
  try {
    change();
  } finally {
    isAutomatic = false;
  }
}

/** Zooming again this soon is part of the same step: a wheel zooms many times a second. */
const SAME_ZOOM_MS = 1_000;
/** Browsers stop pages that change their URL too often, which a key held down would do. */
const URL_DELAY_MS = 150;

/**
 * Keeps the URL at the state, and the state at the URL when the reader goes back or forward, or changes it by hand.
 * `onSpan` is told the span of a `#span-ID` when that alone has become another one.
 */
export function keepUrl(onSpan: (spanId: string) => void): void {
  let last = landmarks();
  let lastUrl = '';
  let zoomedAt = -Infinity;
  let isReading = false;
  /** The query that stands in the URL, which is behind the state for a moment. */
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
