/** Terminal colors as ANSI sequences. */
import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

/** Whether a stream should get colors: it is a terminal and NO_COLOR (no-color.org) is not set. */
export function wantsColor(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
}

/** Colors the text if the stream should get colors. */
export function paint(format: Format, text: string, stream: NodeJS.WriteStream = process.stderr): string {
  return wantsColor(stream) ? styleText(format, text, { validateStream: false }) : text;
}
