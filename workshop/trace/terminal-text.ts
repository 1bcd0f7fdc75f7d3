/**
 * Makes untrusted text safe for a terminal, without control characters, and fits it into columns. wrap-ansi would not do:
 * it breaks a word that is too long over several lines, where `wrapped` shortens it, and cannot keep parts whole as
 * `joined` does.
 */
import stringWidth from 'string-width';

const controls = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Surrogate}]/gu;
/** ASCII and the characters that waterfalls are drawn with, all one column wide: a fast path for most text. */
const plain = /^[\x20-\x7e\u2500-\u259f]*$/;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * Replaces every character that could control a terminal with a visible one: ␛ for an escape, ␊ for a line feed (from
 * the block "Control Pictures"), � for the rest: C1 codes, marks that change the writing direction, and lone
 * surrogates.
 */
export function printable(text: string): string {
  if (plain.test(text)) return text;
  return text.replace(controls, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '␡' : '�';
  });
}

/** How many columns printable text takes: 2 for a wide character or an emoji, 0 for a combining mark. */
export function widthOf(text: string): number {
  return plain.test(text) ? text.length : stringWidth(text);
}

/** Shortens text to `width` columns by replacing its middle with …; keeps more of the beginning than of the end. */
export function shortened(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width <= 0) return '';
  const parts = [...graphemes.segment(text)].map(({ segment }) => segment);
  const tailWidth = width < 8 ? 0 : Math.floor((width - 1) / 3);
  const head = taken(parts, width - 1 - tailWidth);
  const tail = taken(parts.toReversed(), tailWidth).toReversed();
  return `${head.join('')}…${tail.join('')}`;
}

function taken(parts: readonly string[], width: number): string[] {
  let left = width;
  const end = parts.findIndex((part) => (left -= widthOf(part)) < 0);
  return end < 0 ? [...parts] : parts.slice(0, end);
}

/** Pads text with spaces at the end to `width` columns. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Pads text with spaces at the start to `width` columns. */
export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - widthOf(text))) + text;
}

/** Wraps text at spaces into lines of at most `width` columns; longer words are shortened. */
export function wrapped(text: string, width: number): string[] {
  return joined(text.split(' '), ' ', width);
}

/** Joins parts into lines of at most `width` columns, with breaks only between parts; longer parts are shortened. */
export function joined(parts: readonly string[], separator: string, width: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const longer = `${lines.at(-1) ?? ''}${separator}${part}`;
    if (lines.length > 0 && widthOf(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(shortened(part, width));
  }
  return lines;
}
