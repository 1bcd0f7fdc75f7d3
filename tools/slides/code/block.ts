import { escaped } from '../draw/svg.ts';
import type { Line } from './excerpt.ts';

/** The maximum number of lines that an audience can read. */
export const MAX_LINES = 13;
/** The smallest font size that is readable from the last row, in px of a slide of 1920 × 1080. */
const SMALLEST_PX = 28;

const LARGEST_PX = 42;
/** The size at which long lines wrap rather than become smaller. */
const COMFORTABLE_PX = 36;
const LINE_HEIGHT = 1.5;
/** The height of a block in addition to its lines: its caption, its margins, and the distance to the next block. */
const AROUND_PX = 125;
/** The width of a character relative to the font size. */
const CHARACTER = 0.6;
const ROOM_PX = 1_570;

/**
 * Lines of code as a figure. By the class names, reveal.js finds the lines to animate. `parts` has the number of the part
 * that a line belongs to, if the speaker explains the code part by part.
 */
export function codeBlock(
  lines: readonly Line[],
  {
    file,
    caption,
    alt,
    parts,
  }: { file: string; caption: string; alt: string; parts: readonly (number | undefined)[] },
): string {
  const spans = lines.map(
    ({ kind, text, html, number }, index) =>
      `<span class="hljs-ln-code ${kind}${parts[index] === undefined ? '' : ` part-${parts[index]}`}" style="--indent: ${indentOf(text)}" data-line="${number || ''}">${html}</span>`,
  );
  const heading = caption === '' ? '' : `<figcaption>${escaped(caption)}</figcaption>`;
  const id = caption === '' ? 'output' : caption;
  return (
    `<figure class="code" data-file="${escaped(file)}" aria-label="${escaped(alt)}">${heading}` +
    `<pre data-id="${escaped(id)}"><code class="hljs">${spans.join('')}</code></pre></figure>`
  );
}

/** The indent of wrapped lines in characters: a little more than the line's. */
function indentOf(text: string): number {
  return text.length - text.trimStart().length + 4;
}

/**
 * The font size in px for all code of a slide: as large as fits into this height. Lines that would fit at the smallest
 * size don't wrap, unless that allows the comfortable size without breaking a word.
 */
export function codeSize(blocks: readonly (readonly Line[])[], heightPx: number): number {
  const lines = blocks.flat();
  const fits = (size: number) => {
    const columns = Math.floor(ROOM_PX / (size * CHARACTER));
    const most = Math.floor(ROOM_PX / (SMALLEST_PX * CHARACTER));
    const rows = lines.reduce((sum, { text }) => sum + Math.max(1, Math.ceil(text.length / columns)), 0);
    const breaksMore = lines.some(({ text }) => text.length > columns && text.length <= most);
    const breaksWords = lines.some(({ text }) => longestWord(text) + indentOf(text) > columns);
    return (
      (!breaksMore || (size === COMFORTABLE_PX && !breaksWords)) &&
      rows * size * LINE_HEIGHT + blocks.length * AROUND_PX <= heightPx
    );
  };
  for (let size = LARGEST_PX; size > SMALLEST_PX; size--) if (fits(size)) return size;
  return SMALLEST_PX;
}

function longestWord(text: string): number {
  return Math.max(...text.split(' ').map(({ length }) => length));
}
