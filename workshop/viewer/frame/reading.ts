/** Event handlers of an element that must not move while the reader uses it, by pointer or keyboard. */
export function readingHandlers(setReading: (isReading: boolean) => void) {
  return {
    onPointerEnter: () => setReading(true),
    onPointerLeave: () => setReading(false),
    onFocusIn: () => setReading(true),
    onFocusOut: ({ currentTarget, relatedTarget }: FocusEvent) => {
      if (!(currentTarget as Node).contains(relatedTarget as Node | null)) setReading(false);
    },
  };
}
