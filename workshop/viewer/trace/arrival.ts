/** Spans that goToLinked: the first of a trace, to which a link may lead, and those that come while somebody reads. */
import { batch } from '@preact/signals';
import type { TraceResponse } from '../../trace/page-data.ts';
import { fromColumns } from '../../trace/columns.ts';
import type { TimeRange } from '../../trace/lane.ts';
import { counted } from '../../trace/numbers.ts';
import { setServices } from '../frame/colours.ts';
import { notify } from './notification.tsx';
import { anchor, goTo, restoreAnchor } from './scrolling.ts';
import { fitDensity } from './sizes.ts';
import {
  errorsOnly,
  findText,
  focused,
  pinnedRange,
  hits,
  openSpans,
  range,
  rowIndexes,
  rows,
  services,
  shownZoom,
  trace,
  view,
  waterfall,
  zoom,
  zoomTo,
} from './state.ts';
import { withoutHistory } from './url.ts';

/** What was on the page before more arrived. */
interface Before {
  spans: number;
  startUs: number;
  durationUs: number;
  range: TimeRange;
}

/** Takes in what has arrived, and leaves what the reader looks at where it is. */
export function receive(response: TraceResponse): void {
  const before: Before | undefined = trace.value && {
    ...waterfall.value,
    spans: rows.value.length,
    range: range.value,
  };
  const held = before && anchor();
  const isTouched = held !== undefined || shownZoom.value !== undefined || openSpans.value.size > 0;
  withoutHistory(() =>
    batch(() => {
      setServices(response.services);
      trace.value = fromColumns(response.trace);
      if (!before || !isTouched) fitDensity();
      if (before) keepRange(before, isTouched);
    }),
  );
  if (held) requestAnimationFrame(() => restoreAnchor(held));
  if (!before) goToLinked();
  else announceGrowth(before, isTouched);
}

/** Keeps the stretch of time that somebody looks at, although the trace begins earlier or ends later. */
function keepRange(before: Before, isTouched: boolean): void {
  const earlier = before.startUs - waterfall.value.startUs;
  const later = ({ fromUs, toUs }: TimeRange) => ({ fromUs: fromUs + earlier, toUs: toUs + earlier });
  if (zoom.value) zoom.value = later(zoom.value);
  else if (isTouched && isLonger(before)) pinnedRange.value = later(before.range);
}

function isLonger(before: Before): boolean {
  return waterfall.value.startUs < before.startUs || waterfall.value.durationUs > before.durationUs;
}

function announceGrowth(before: Before, isTouched: boolean): void {
  const added = rows.value.length - before.spans;
  const more = added > 0 ? `${counted(added, 'more span')} arrived.` : 'The trace changed.';
  if (awaited && rowIndexes.value.has(awaited.spanId)) goToLate(awaited);
  else if (awaited) notify(`${more} ${notArrived(awaited.spanId)}`, { waits: true });
  else if (isTouched && isLonger(before)) {
    const act = { label: 'Show all of it', run: () => zoomTo(undefined) };
    notify(`${more} The trace is longer than what is shown.`, { waits: true, act });
  } else notify(more);
}

/** The span that a link leads to and that is not there yet, with what the page showed when it was opened. */
let awaited: { spanId: string; shown: string } | undefined;

function notArrived(spanId: string): string {
  return `The span ${spanId}, to which the link leads, has not arrived.`;
}

/** What a reader who goes somewhere else changes of it. */
function shownNow(): string {
  return JSON.stringify([
    focused.value,
    view.value,
    findText.value,
    [...services.value],
    errorsOnly.value,
    scrollY,
  ]);
}

/** A link can lead to a span: by its id after `#span-`, or as the one thing that `uiFind` finds. */
function goToLinked(): void {
  const isNamed = location.hash.startsWith('#span-');
  const first = rows.value[hits.value?.[0] ?? -1];
  const target = isNamed ? focused.value : first?.span.spanId;
  if (target === undefined || view.value === 'events') return;
  if (!rowIndexes.value.has(target)) {
    awaited = { spanId: target, shown: shownNow() };
    notify(notArrived(target), { waits: true });
    return;
  }
  const isDirect = isNamed || hits.value?.length === 1;
  withoutHistory(() => goTo(target, { open: isDirect && openSpans.value.size === 0 }));
}

/** Goes there after all, unless the reader does something else meanwhile. */
function goToLate({ spanId, shown }: { spanId: string; shown: string }): void {
  awaited = undefined;
  const run = () => goTo(spanId, { open: true });
  if (shown === shownNow()) return withoutHistory(run);
  const act = { label: 'Go there', run };
  notify(`The span ${spanId}, to which the link leads, has arrived.`, { waits: true, act });
}
