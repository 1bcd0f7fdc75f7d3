/** The visible time range. */
import { batch, computed, signal } from '@preact/signals';
import type { TimeRange } from '../../trace/lane.ts';
import { waterfall } from './state.ts';

export const zoom = signal<TimeRange | undefined>(undefined);
/** The range that stays visible when the trace becomes longer while the reader looks at it. It isn't in the URL. */
export const pinnedRange = signal<TimeRange | undefined>(undefined);

/** The duration of the trace in µs, at least 1. */
export const wholeUs = computed(() => Math.max(1, waterfall.value.durationUs));

/** The zoomed or pinned range, limited to the trace; undefined for the whole trace. */
export const shownZoom = computed<TimeRange | undefined>(() => {
  const whole = wholeUs.value;
  const { fromUs, toUs } = zoom.value ?? pinnedRange.value ?? { fromUs: 0, toUs: whole };
  if (fromUs >= whole || (fromUs === 0 && toUs >= whole)) return undefined;
  return { fromUs, toUs: Math.min(toUs, whole) };
});

/** The visible time range. */
export const range = computed<TimeRange>(() => shownZoom.value ?? { fromUs: 0, toUs: wholeUs.value });

/** The position of a time within the visible range, in percent. */
export function percentOf(us: number): number {
  const { fromUs, toUs } = range.value;
  return ((us - fromUs) / (toUs - fromUs)) * 100;
}

/** Zooms to a time range, or to the whole trace. The range is moved into the trace and is at least 1 µs long. */
export function zoomTo(target: TimeRange | undefined): void {
  const whole = wholeUs.value;
  const requested = target ?? { fromUs: 0, toUs: whole };
  const length = Math.min(whole, Math.max(1, requested.toUs - requested.fromUs));
  const fromUs = Math.min(Math.max(0, requested.fromUs), whole - length);
  batch(() => {
    pinnedRange.value = undefined;
    zoom.value = length >= whole ? undefined : { fromUs, toUs: fromUs + length };
  });
}

/** Scales the visible range around a time, its middle by default. */
export function zoomBy(factor: number, aroundUs = (range.value.fromUs + range.value.toUs) / 2): void {
  const { fromUs, toUs } = range.value;
  zoomTo({ fromUs: aroundUs - (aroundUs - fromUs) * factor, toUs: aroundUs + (toUs - aroundUs) * factor });
}

/** Moves the visible range by a share of its length. */
export function pan(share: number): void {
  if (!shownZoom.value) return;
  const { fromUs, toUs } = shownZoom.value;
  const by = (toUs - fromUs) * share;
  zoomTo({ fromUs: fromUs + by, toUs: toUs + by });
}
