import { escaped } from '../draw/svg.ts';
import type { Line } from './excerpt.ts';

/** The most lines of code that a room reads. */
export const MOST_LINES = 12;
/** The smallest type that the last row reads, on a slide of 1920 × 1080. px. */
export const SMALLEST_PX = 28;

const LARGEST_PX = 42;
const LINE_HEIGHT = 1.5;
/** What a block takes beside its lines: its caption, its margins and the distance to the next one. */
const AROUND_PX = 125;
/** How wide a character of the code's font is, by its size. */
const CHARACTER = 0.6;
const ROOM_PX = 1_570;

/** Lines as a figure. The class names of lines are those by which reveal.js moves a line to its new place. */
export function codeBlock(
  lines: readonly Line[],
  { file, caption, alt }: { file: string; caption: string; alt: string },
): string {
  const spans = lines.map(
    ({ kind, text, html, number }) =>
      `<span class="hljs-ln-code ${kind}" style="--indent: ${indentOf(text)}" data-line="${number || ''}">${html}</span>`,
  );
  const heading = caption === '' ? '' : `<figcaption>${escaped(caption)}</figcaption>`;
  const id = caption === '' ? 'output' : caption;
  return (
    `<figure class="code" data-file="${escaped(file)}" aria-label="${escaped(alt)}">${heading}` +
    `<pre data-id="${escaped(id)}"><code class="hljs">${spans.join('')}</code></pre></figure>`
  );
}

/** Where the rest of a line that is too long begins: a little further in than the line. Characters. */
function indentOf(text: string): number {
  return text.length - text.trimStart().length + 4;
}

/**
 * The size in px for all code of a slide: as large as there is room for without breaking a line that need not be
 * broken, within this height.
 */
export function codeSize(blocks: readonly (readonly Line[])[], heightPx: number): number {
  const lines = blocks.flat();
  const fits = (size: number) => {
    const columns = Math.floor(ROOM_PX / (size * CHARACTER));
    const most = Math.floor(ROOM_PX / (SMALLEST_PX * CHARACTER));
    const rows = lines.reduce((sum, { text }) => sum + Math.max(1, Math.ceil(text.length / columns)), 0);
    const breaksMore = lines.some(({ text }) => text.length > columns && text.length <= most);
    return !breaksMore && rows * size * LINE_HEIGHT + blocks.length * AROUND_PX <= heightPx;
  };
  for (let size = LARGEST_PX; size > SMALLEST_PX; size--) if (fits(size)) return size;
  return SMALLEST_PX;
}
