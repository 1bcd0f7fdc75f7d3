/** Calls a function with each movement of the pointer that was pressed on an element, until it is released. */
export function followPointer(event: PointerEvent, onMove: (event: PointerEvent) => void): void {
  const element = event.currentTarget as HTMLElement;
  element.setPointerCapture(event.pointerId);
  element.addEventListener('pointermove', onMove);
  const stop = () => element.removeEventListener('pointermove', onMove);
  element.addEventListener('lostpointercapture', stop, { once: true });
}
