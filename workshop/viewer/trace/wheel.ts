import { range, zoomBy } from './zoom.ts';

/** Zooms around the time under the pointer, with the wheel while Ctrl or ⌘ is held or by pinching. */
export function zoomByWheel(event: WheelEvent): void {
  if (!event.ctrlKey && !event.metaKey) return;
  const lane = document.querySelector('.ruler .lane')?.getBoundingClientRect();
  if (!lane || event.clientX < lane.left) return;
  event.preventDefault();
  const { fromUs, toUs } = range.value;
  const around = fromUs + ((event.clientX - lane.left) / lane.width) * (toUs - fromUs);
  zoomBy(Math.exp(event.deltaY / 300), Math.min(toUs, Math.max(fromUs, around)));
}
