/** The part of the list of rows that is on the screen, and how to bring a row there. */
import { computed, signal } from '@preact/signals';
import { isPrinting, printWidth } from './printing.ts';
import { placeAt, positionsOf, topOf } from './positions.ts';
import { focused, focusRow, hits, openSpans, placeOf, reveal, rows, setOpen, shown, view } from './state.ts';

/** Height of a row in px, as the styles make it. */
export const rowHeight = signal(44);
/** Width of the lanes on the screen, in px. */
export const laneWidthOnScreen = signal(600);
/** Width of the lanes in px, to lay out what is drawn in them. */
export const laneWidth = computed(() => (isPrinting.value ? printWidth('lane') : laneWidthOnScreen.value));
/** Heights of details in px, as far as they were measured. */
const detailHeights = signal<ReadonlyMap<string, number>>(new Map());
const DEFAULT_DETAIL_PX = 320;

/** What of the list is on the screen, in px from its top. */
export const viewport = signal({ top: 0, bottom: 900 });
/** How many rows paper gets: some fifty pages of them. */
export const MAX_PRINTED_ROWS = 2_000;

/** Rows that are drawn beyond each end of the screen, so that scrolling never shows a hole. */
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

/** The places of the rows to draw. The focused row is always among them, or the focus would get lost. */
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

/** Tells which element holds the rows, and follows its place on the screen. Gives a function that stops it. */
export function followList(element: HTMLElement): () => void {
  list = element;
  const measure = () => {
    const top = headHeight() - element.getBoundingClientRect().top;
    const bottom = innerHeight - element.getBoundingClientRect().top;
    if (top !== viewport.value.top || bottom !== viewport.value.bottom)
      viewport.value = { top, bottom };
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

/** Where the part of the window begins that the sticky head leaves free, in px. */
function headHeight(): number {
  return heightOf('.timeline-head');
}

function heightOf(selector: string): number {
  return document.querySelector(selector)?.getBoundingClientRect().height ?? 0;
}

/**
 * Makes a span the one that keys act on and brings it onto the screen; its details too, with `open`. With `isTyping` the
 * focus stays where it is, because somebody is typing there.
 */
export function goTo(spanId: string, { open = false, isTyping = false } = {}): void {
  view.value = 'timeline';
  reveal(spanId);
  if (open) setOpen(spanId, true);
  focused.value = spanId;
  // The row is there once the change was drawn.
  requestAnimationFrame(() => {
    scrollTo(spanId);
    if (!isTyping) document.getElementById(`span-${spanId}`)?.focus({ preventScroll: true });
  });
}

/**
 * Makes a change that may take away what has the focus, which then goes to the row that keys act on; where there are no
 * rows, to the button that leads to them.
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

/** Closes the details of some spans. If the focus was in one of them, its row gets it. */
export function closeDetails(spanIds: readonly string[]): void {
  const inside = document.activeElement?.closest<HTMLElement>('[data-span]')?.dataset['span'];
  keepFocus(() => {
    if (inside !== undefined && spanIds.includes(inside)) focused.value = inside;
    openSpans.value = new Set([...openSpans.value].filter((id) => !spanIds.includes(id)));
  });
}

/** Goes to the row at a place of the list, the first or the last if there is none. */
export function goToPlace(place: number): void {
  const index = shown.value[Math.min(shown.value.length - 1, Math.max(0, place))];
  if (index !== undefined) goTo(rows.value[index]!.span.spanId);
}

/** Brings a row onto the screen: no further than necessary if it is near, else to a third of the height. */
function scrollTo(spanId: string): void {
  const place = placeOf.value.get(spanId);
  if (!list || place === undefined) return;
  const listTop = list.getBoundingClientRect().top + scrollY;
  const top = listTop + topOf(positions.value, place);
  const next = listTop + topOf(positions.value, place + 1);
  const head = headHeight();
  const from = scrollY + head;
  const to = scrollY + innerHeight - heightOf('.silence');
  if (top >= from && Math.min(next, top + innerHeight / 2) <= to) return;
  const isNear = top > from - innerHeight && top < to + innerHeight / 2;
  const margin = rowHeight.value / 2;
  if (isNear && top < from) window.scrollTo({ top: top - head - margin });
  else if (isNear) window.scrollTo({ top: Math.min(next + margin - innerHeight, top - head - margin) });
  else window.scrollTo({ top: top - head - (innerHeight - head) / 3 });
}

/** A row, and how far below the top of the window it is, in px. */
export interface Anchor {
  spanId: string;
  px: number;
}

let pointerY: number | undefined;

/** Tells how far down the window the pointer moved over the rows, in px; undefined once it has left them. */
export function setPointer(y: number | undefined): void {
  pointerY = y;
}

/**
 * The row that the reader looks at, to be handed to `restoreAnchor` when the rows have changed. Undefined when nothing
 * tells that it is any of them: the page was neither scrolled nor touched.
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
 * The place of the row with the focus, or of an open one, or of one that was found, if it is on the screen; else of that
 * under the pointer, or of the first if others were scrolled away. Takes px from the top of the list.
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

/** Scrolls so that the row is where it was. A page that is too short for that is made longer. */
export function restoreAnchor({ spanId, px }: Anchor): void {
  const place = placeOf.value.get(spanId);
  if (!list || place === undefined) return;
  const top = scrollY + list.getBoundingClientRect().top + topOf(positions.value, place) - px;
  if (top === scrollY) return;
  document.body.style.minHeight = `${top + innerHeight}px`;
  window.scrollTo({ top });
}
