import type { RefObject } from 'preact';
import { useLayoutEffect } from 'preact/hooks';

/** Calls `measure` when an element has been drawn, when its size changes, and when one of `inputs` does. */
export function useMeasure(
  element: RefObject<Element | null>,
  measure: () => void,
  inputs: unknown[] = [],
): void {
  useLayoutEffect(() => {
    measure();
    const resizing = new ResizeObserver(measure);
    resizing.observe(element.current!);
    return () => resizing.disconnect();
  }, inputs);
}
