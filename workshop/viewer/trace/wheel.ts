import { range, zoomBy } from './state.ts';

/** With Ctrl or ⌘ held, or two fingers pinching, the wheel zooms around the moment under the pointer. */
export function zoomByWheel(event: WheelEvent): void {
  if (!event.ctrlKey && !event.metaKey) return;
  const lane = document.querySelector('.ruler .lane')?.getBoundingClientRect();
  if (!lane || event.clientX < lane.left) return;
  event.preventDefault();
  const { fromUs, toUs } = range.value;
  const around = fromUs + ((event.clientX - lane.left) / lane.width) * (toUs - fromUs);
  zoomBy(Math.exp(event.deltaY / 300), Math.min(toUs, Math.max(fromUs, around)));
}
