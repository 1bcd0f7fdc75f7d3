/** Colours for a terminal, as ANSI sequences; each leaves the text as it is where no colour is wanted. */
import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

/** Whether a stream should get colours: a terminal, and NO_COLOR (no-color.org) is not set. */
export function wantsColour(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
}

/** Colours the text if the stream wants it. */
export function paint(format: Format, text: string, stream: NodeJS.WriteStream = process.stderr): string {
  return wantsColour(stream) ? styleText(format, text, { validateStream: false }) : text;
}
