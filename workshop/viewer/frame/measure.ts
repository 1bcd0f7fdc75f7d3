/** Measures text in the font of an element, in px. Caches widths, because durations repeat. */
export function textMeter(element: Element): (text: string) => number {
  const context = document.createElement('canvas').getContext('2d')!;
  const widths = new Map<string, number>();
  const { fontWeight, fontSize, fontFamily } = getComputedStyle(element);
  context.font = `${fontWeight} ${fontSize} ${fontFamily}`;
  return (text) => {
    let width = widths.get(text);
    if (width === undefined) {
      width = Math.ceil(context.measureText(text).width);
      if (widths.size < 10_000) widths.set(text, width);
    }
    return width;
  };
}
