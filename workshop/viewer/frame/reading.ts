import type { Signal } from '@preact/signals';

/** Event handlers of an element that must not move while the reader uses it, by pointer or keyboard. */
export function readingHandlers(isReading: Signal<boolean>) {
  return {
    onPointerEnter: () => (isReading.value = true),
    onPointerLeave: () => (isReading.value = false),
    onFocusIn: () => (isReading.value = true),
    onFocusOut: ({ currentTarget, relatedTarget }: FocusEvent) => {
      if (!(currentTarget as Node).contains(relatedTarget as Node | null)) isReading.value = false;
    },
  };
}
