/** Handles arriving spans: the first ones of a trace, to which a link may lead, and later ones. */
import { batch } from '@preact/signals';
import type { TraceResponse } from '../../trace/page-data.ts';
import { fromColumns } from '../../trace/columns.ts';
import type { TimeRange } from '../../trace/lane.ts';
import { counted } from '../../trace/numbers.ts';
import { addIdDigits } from '../frame/short-ids.ts';
import { linked } from './links.tsx';
import { notify } from './notification.tsx';
import { anchor, goTo, restoreAnchor } from './scrolling.ts';
import { fitDensity } from './sizes.ts';
import { errorsOnly, findText, hits, services } from './filters.ts';
import { focused, openSpans } from './shown.ts';
import { knownServices, rowIndexes, rows, trace, view, waterfall } from './state.ts';
import { pinnedRange, range, shownZoom, zoom, zoomTo } from './zoom.ts';
import { withoutHistory } from './url.ts';

/** What the page showed before more spans arrived. */
interface Before {
  spans: number;
  startUs: number;
  durationUs: number;
  range: TimeRange;
}

/** Shows a new response and keeps what the reader looks at in its place. */
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
      knownServices.value = response.services;
      addIdDigits(response.idDigits);
      linked.value = response.linked;
      trace.value = fromColumns(response.trace);
      if (!before || !isTouched) fitDensity();
      if (before) keepRange(before, isTouched);
    }),
  );
  if (held) requestAnimationFrame(() => restoreAnchor(held));
  if (!before) goToLinked();
  else announceGrowth(before, isTouched);
}

/** Keeps the time range that the reader looks at when the trace turns out to begin earlier or end later. */
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
  else if (awaited) notify(`${more} ${notArrived(awaited.spanId)}`, { stays: true });
  else if (isTouched && isLonger(before)) {
    const action = { label: 'Show the whole trace', run: () => zoomTo(undefined) };
    notify(`${more} The trace is longer than the part shown.`, { stays: true, action });
  } else notify(more);
}

/** The span that the link leads to if it hasn't arrived yet, and what the page showed when it was opened. */
let awaited: { spanId: string; shown: string } | undefined;

function notArrived(spanId: string): string {
  return `The link leads to span ${spanId}, which has not arrived yet.`;
}

/** A description of the view that changes when the reader navigates. */
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

/** Goes to the span that the link leads to: the id after `#span-`, or the only match of `uiFind`. */
function goToLinked(): void {
  const isNamed = location.hash.startsWith('#span-');
  const first = rows.value[hits.value?.[0] ?? -1];
  const target = isNamed ? focused.value : first?.span.spanId;
  if (target === undefined || view.value === 'events') return;
  if (!rowIndexes.value.has(target)) {
    awaited = { spanId: target, shown: shownNow() };
    notify(notArrived(target), { stays: true });
    return;
  }
  const isDirect = isNamed || hits.value?.length === 1;
  withoutHistory(() => goTo(target, { open: isDirect && openSpans.value.size === 0 }));
}

/** Goes to the linked span when it arrives late, or offers to if the reader has navigated since. */
function goToLate({ spanId, shown }: { spanId: string; shown: string }): void {
  awaited = undefined;
  const run = () => goTo(spanId, { open: true });
  if (shown === shownNow()) return withoutHistory(run);
  const action = { label: 'Go to span', run };
  notify(`The link leads to span ${spanId}, which has arrived.`, { stays: true, action });
}
