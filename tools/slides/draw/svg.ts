/** SVG as text. Sizes are px of a slide of 1920 × 1080, and pictures are drawn at their own size. */
import { shortened } from '../../../workshop/trace/terminal-text.ts';

/** The width between the margins of a slide. */
export const contentWidth = 1680;

type Attributes = Record<string, string | number | undefined>;

/** An element with its children; what is undefined among the attributes is left out. */
export function element(name: string, attributes: Attributes, ...children: string[]): string {
  const said = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escaped(typeof value === 'number' ? rounded(value) : value!)}"`)
    .join('');
  return `<${name}${said}>${children.join('')}</${name}>`;
}

/** A line of text. `className` decides its size and colour. */
export function words(
  x: number,
  y: number,
  text: string,
  className: string,
  anchor: 'start' | 'middle' | 'end' = 'start',
): string {
  return element('text', { x, y, class: className, 'text-anchor': anchor }, escaped(text));
}

/** A whole picture; `alt` says in words what it shows. */
export function picture(width: number, height: number, alt: string, ...children: string[]): string {
  const attributes = { class: 'picture', viewBox: `0 0 ${rounded(width)} ${rounded(height)}`, width, height };
  return element('svg', { ...attributes, role: 'img', 'aria-label': alt }, ...children);
}

/** Text that means nothing to HTML. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** About how wide a text in the slides' font is, in px: rather more than less. */
export function widthOf(text: string, sizePx: number): number {
  return text.length * sizePx * 0.6;
}

/** A text that is about `widthPx` wide at the most, cut in its middle if it has to be. */
export function fitted(text: string, sizePx: number, widthPx: number): string {
  return shortened(text, Math.floor(widthPx / widthOf('m', sizePx)));
}

function rounded(value: number): string {
  return String(Math.round(value * 10) / 10);
}
