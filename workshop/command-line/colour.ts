/** Terminal colours as ANSI sequences. */
import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

/** Whether a stream should get colours: it is a terminal and NO_COLOR (no-color.org) is not set. */
export function wantsColour(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
}

/** Colours the text if the stream should get colours. */
export function paint(format: Format, text: string, stream: NodeJS.WriteStream = process.stderr): string {
  return wantsColour(stream) ? styleText(format, text, { validateStream: false }) : text;
}
