/** Which rows are on the screen, and how to scroll to a row. */
import { computed, signal } from '@preact/signals';
import { isPrinting, printWidth } from './printing.ts';
import { placeAt, positionsOf, topOf } from './positions.ts';
import { hits } from './filters.ts';
import { focused, focusRow, openSpans, placeOf, reveal, setOpen, shown } from './shown.ts';
import { rows, view } from './state.ts';

/** Height of a row in px, set by the styles. */
export const rowHeight = signal(44);
/** Width of the lanes on the screen, in px. */
export const laneWidthOnScreen = signal(600);
/** Width of the lanes in px, for laying out their content. */
export const laneWidth = computed(() => (isPrinting.value ? printWidth('lane') : laneWidthOnScreen.value));
/** Measured heights of details in px, by span id. */
const detailHeights = signal<ReadonlyMap<string, number>>(new Map());
const DEFAULT_DETAIL_PX = 320;

/** The visible part of the list, in px from its top. */
export const viewport = signal({ top: 0, bottom: 900 });
/** How many rows are printed: about fifty pages. */
export const MAX_PRINTED_ROWS = 2_000;

/** Extra rows drawn beyond each end of the screen, so that scrolling shows no blank area. */
const OVERSCAN_ROWS = 8;

export const positions = computed(() =>
  positionsOf(
    rowHeight.value,
    shown.value.length,
    [...openSpans.value].flatMap((id) => {
      const place = placeOf.value.get(id);
      return place === undefined ? [] : { place, height: detailHeights.value.get(id) ?? DEFAULT_DETAIL_PX };
    }),
  ),
);

/** The places of the rows to draw, always including the focused row, which would otherwise lose the focus. */
export const drawn = computed(() => {
  const count = shown.value.length;
  const { top, bottom } = viewport.value;
  const first = isPrinting.value ? 0 : Math.max(0, placeAt(positions.value, top) - OVERSCAN_ROWS);
  const last = isPrinting.value
    ? Math.min(count, MAX_PRINTED_ROWS) - 1
    : Math.min(count - 1, placeAt(positions.value, bottom) + OVERSCAN_ROWS);
  const places = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  const focusPlace = focused.value === undefined ? undefined : placeOf.value.get(focused.value);
  if (focusPlace !== undefined && (focusPlace < first || focusPlace > last)) places.push(focusPlace);
  return places;
});

export function setDetailHeight(spanId: string, height: number): void {
  if (height === 0 || detailHeights.value.get(spanId) === height) return;
  detailHeights.value = new Map(detailHeights.value).set(spanId, height);
}

let list: HTMLElement | undefined;

/** Sets the element that contains the rows and tracks its position on the screen. Returns a function that stops it. */
export function followList(element: HTMLElement): () => void {
  list = element;
  const measure = () => {
    const top = headHeight() - element.getBoundingClientRect().top;
    const bottom = innerHeight - element.getBoundingClientRect().top;
    if (top !== viewport.value.top || bottom !== viewport.value.bottom) viewport.value = { top, bottom };
  };
  measure();
  const resizing = new ResizeObserver(measure);
  resizing.observe(document.body);
  addEventListener('scroll', measure, { passive: true });
  addEventListener('resize', measure);
  return () => {
    resizing.disconnect();
    removeEventListener('scroll', measure);
    removeEventListener('resize', measure);
    list = undefined;
  };
}

/** The height of the sticky head, in px, which covers the top of the window. */
function headHeight(): number {
  return heightOf('.timeline-head');
}

function heightOf(selector: string): number {
  return document.querySelector(selector)?.getBoundingClientRect().height ?? 0;
}

/**
 * Makes a span the focused one and scrolls to it; with `open`, also shows its details. With `isTyping`, the keyboard
 * focus stays in the field in which the reader is typing.
 */
export function goTo(spanId: string, { open = false, isTyping = false } = {}): void {
  view.value = 'timeline';
  reveal(spanId);
  if (open) setOpen(spanId, true);
  focused.value = spanId;
  // The row exists only after the change has been drawn.
  requestAnimationFrame(() => {
    scrollTo(spanId);
    if (!isTyping) document.getElementById(`span-${spanId}`)?.focus({ preventScroll: true });
  });
}

/**
 * Makes a change that may remove the element with the focus. The focus then moves to the focused row or, if there are
 * no rows, to the button of the current view.
 */
export function keepFocus(change: () => void): void {
  const hadFocus = document.activeElement !== document.body;
  change();
  if (!hadFocus) return;
  requestAnimationFrame(() => {
    if (document.activeElement !== document.body) return;
    if (view.value === 'timeline' && focusRow.value !== undefined) goTo(focusRow.value);
    else document.querySelector<HTMLElement>('.views [aria-pressed=true]')?.focus();
  });
}

/** Closes the details of some spans. If the focus was in one of them, it moves to its row. */
export function closeDetails(spanIds: readonly string[]): void {
  const inside = document.activeElement?.closest<HTMLElement>('[data-span]')?.dataset['span'];
  keepFocus(() => {
    if (inside !== undefined && spanIds.includes(inside)) focused.value = inside;
    openSpans.value = new Set([...openSpans.value].filter((id) => !spanIds.includes(id)));
  });
}

/** Goes to the row at a place in the list, clamped to the first and last row. */
export function goToPlace(place: number): void {
  const index = shown.value[Math.min(shown.value.length - 1, Math.max(0, place))];
  if (index !== undefined) goTo(rows.value[index]!.span.spanId);
}

/** Scrolls to a row: as little as possible if it is near, else so that it is a third of the way down. */
function scrollTo(spanId: string): void {
  const place = placeOf.value.get(spanId);
  if (!list || place === undefined) return;
  const listTop = list.getBoundingClientRect().top + scrollY;
  const top = listTop + topOf(positions.value, place);
  const next = listTop + topOf(positions.value, place + 1);
  const head = headHeight();
  const from = scrollY + head;
  const to = scrollY + innerHeight - heightOf('.disconnected');
  if (top >= from && Math.min(next, top + innerHeight / 2) <= to) return;
  const isNear = top > from - innerHeight && top < to + innerHeight / 2;
  const margin = rowHeight.value / 2;
  if (isNear && top < from) window.scrollTo({ top: top - head - margin });
  else if (isNear) window.scrollTo({ top: Math.min(next + margin - innerHeight, top - head - margin) });
  else window.scrollTo({ top: top - head - (innerHeight - head) / 3 });
}

/** A row and its distance from the top of the window, in px. */
export interface Anchor {
  spanId: string;
  px: number;
}

let pointerY: number | undefined;

/** Sets the vertical position of the pointer over the rows, in px; undefined if it isn't over them. */
export function setPointer(y: number | undefined): void {
  pointerY = y;
}

/**
 * The row that the reader probably looks at, for `restoreAnchor` after the rows have changed. Undefined if the reader
 * has neither scrolled nor touched the page.
 */
export function anchor(): Anchor | undefined {
  if (!list) return undefined;
  const listTop = list.getBoundingClientRect().top;
  const place = readingPlace(headHeight() - listTop, innerHeight - listTop, pointerY && pointerY - listTop);
  const index = shown.value[place ?? -1];
  if (place === undefined || index === undefined) return undefined;
  return { spanId: rows.value[index]!.span.spanId, px: listTop + topOf(positions.value, place) };
}

/**
 * The place of the focused row, an open row, or a match, if it is on the screen; else of the row under the pointer, or
 * of the first visible row if the list was scrolled. Takes px from the top of the list.
 */
function readingPlace(top: number, bottom: number, pointer: number | undefined): number | undefined {
  const at = positions.value;
  const ids = [focused.value ?? '', ...openSpans.value, ...foundIds()];
  const chosen = ids
    .map((id) => placeOf.value.get(id))
    .find((place) => place !== undefined && topOf(at, place + 1) > top && topOf(at, place) < bottom);
  if (chosen !== undefined) return chosen;
  if (pointer !== undefined) return placeAt(at, pointer);
  return top > 0 ? placeAt(at, top) : undefined;
}

function foundIds(): string[] {
  return (hits.value ?? []).map((index) => rows.value[index]!.span.spanId);
}

/** Scrolls so that the row is back at its position. If the page is too short for that, it is made longer. */
export function restoreAnchor({ spanId, px }: Anchor): void {
  const place = placeOf.value.get(spanId);
  if (!list || place === undefined) return;
  const top = scrollY + list.getBoundingClientRect().top + topOf(positions.value, place) - px;
  if (top === scrollY) return;
  document.body.style.minHeight = `${top + innerHeight}px`;
  window.scrollTo({ top });
}
