/** SVG as text. Sizes are in px of a slide of 1920 × 1080. */
import { shortened } from '../../../workshop/trace/terminal-text.ts';

/** The width between the margins of a slide. */
export const contentWidth = 1680;

type Attributes = Record<string, string | number | undefined>;

/** An element with its children; undefined attributes are left out. */
export function element(name: string, attributes: Attributes, ...children: string[]): string {
  const text = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escaped(typeof value === 'number' ? rounded(value) : value!)}"`)
    .join('');
  return `<${name}${text}>${children.join('')}</${name}>`;
}

/** A line of text; `className` sets its size and color. */
export function words(
  x: number,
  y: number,
  text: string,
  className: string,
  anchor: 'start' | 'middle' | 'end' = 'start',
): string {
  return element('text', { x, y, class: className, 'text-anchor': anchor }, escaped(text));
}

/** A rectangle whose upper left corner is at `x` and `y`; `radius` rounds its corners. */
export function rect(
  x: number,
  y: number,
  width: number,
  height: number,
  className: string,
  radius?: number,
): string {
  return element('rect', { class: className, x, y, width, height, rx: radius });
}

/** Lines and curves; `d` describes them as in SVG. */
export function path(className: string, d: string): string {
  return element('path', { class: className, d });
}

/** A picture; `alt` describes what it shows. By default, it is as wide as the content of a slide. */
export function picture(
  { height, alt, width = contentWidth }: { height: number; alt: string; width?: number },
  ...children: string[]
): string {
  const attributes = { class: 'picture', viewBox: `0 0 ${rounded(width)} ${rounded(height)}`, width, height };
  return element('svg', { ...attributes, role: 'img', 'aria-label': alt }, ...children);
}

/** Escapes text for HTML. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** The approximate width of a text in the slides' font in px, rather too large than too small. */
export function textWidthPx(text: string, sizePx: number): number {
  return text.length * sizePx * 0.6;
}

/** A text of at most about `widthPx`, shortened in the middle if necessary. */
export function fitted(text: string, sizePx: number, widthPx: number): string {
  return shortened(text, Math.floor(widthPx / textWidthPx('m', sizePx)));
}

/** The first and last characters of an id, which are enough to recognize it. */
export function shortId(id: string): string {
  return `${id.slice(0, 4)}…${id.slice(-4)}`;
}

function rounded(value: number): string {
  return String(Math.round(value * 10) / 10);
}
