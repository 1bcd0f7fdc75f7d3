/** The moving picture in the README: the first run, as a terminal shows it, line by line. */
import { serviceColors, colorIndex } from '../../workshop/trace/colors.ts';
import { UserError } from '../../workshop/errors.ts';
import { readBlocks } from '../markdown.ts';
import { element, escaped } from '../slides/draw/svg.ts';

/** The path of the picture, relative to the project folder. */
export const firstRunPath = 'docs/first-run.svg';

const COMMAND = 'npx tsx run.ts';
const CHARACTER = 8;
const LINE = 19;
const MARGIN = 20;
const SIZE = 13.3;

/** When things happen, in seconds: the command is there, then the response, then the trace; after a while, again. */
const RESPONSE_AFTER = 2.5;
const TRACE_AFTER = 4.5;
const SECONDS_PER_LINE = 0.08;
const REPEAT_AFTER = 16;

const style = `
text { font: ${SIZE}px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #d4d4d4; white-space: pre; }
.command { font-weight: bold; fill: #fff; }
g { animation: ${REPEAT_AFTER}s step-end infinite; }
@media (prefers-reduced-motion: reduce) { g { animation: none; } }
`;

/**
 * Draws the run that a document shows: its first console block with `npx tsx run.ts`. The picture is an SVG without
 * scripts. If the reader prefers reduced motion, it shows the end of the run.
 * @throws UserError if the document shows no run
 */
export function firstRunPicture(document: string): string {
  const commands = readBlocks(document).flatMap((block) => (block.kind === 'console' ? block.commands : []));
  const shown = commands.find(({ command }) => command === COMMAND);
  if (!shown) throw new UserError(`The document has no console block with "$ ${COMMAND}".`);

  const lines = [`$ ${COMMAND}`, ...shown.output.split('\n')];
  const traceAt = lines.findIndex((line) => / spans? · /.test(line));
  const width = Math.max(...lines.map((line) => line.length)) * CHARACTER + 2 * MARGIN;
  const height = lines.length * LINE + 2 * MARGIN;
  const rows = lines.map((line, index) => {
    const y = MARGIN + index * LINE;
    return element('g', { style: `animation-name: l${index}` }, lineText(line, y), barOf(line, y));
  });
  const keyframes = lines.map((_, index) => {
    const percent = (secondsUntil(index, traceAt) / REPEAT_AFTER) * 100;
    return `@keyframes l${index} { 0% { opacity: 0; } ${percent.toFixed(1)}%, 100% { opacity: 1; } }`;
  });
  return `${element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, width, height, role: 'img' },
    element('title', {}, 'The first run: a command, the response, and the trace of the call'),
    element('style', {}, `${style}${keyframes.join('\n')}\n`),
    element('rect', { width, height, rx: 10, fill: '#1e1e1e' }),
    ...rows,
  )}\n`;
}

function secondsUntil(index: number, traceAt: number): number {
  if (index === 0) return 0;
  if (traceAt < 0 || index < traceAt) return RESPONSE_AFTER + index * SECONDS_PER_LINE;
  return TRACE_AFTER + index * SECONDS_PER_LINE;
}

/** The text of a line without its bar. Its length is fixed, so that columns fit with every font. */
function lineText(line: string, y: number): string {
  const text = line.replace(/ *[█▌▐ ]*$/, '');
  if (text === '') return '';
  const attributes = { x: MARGIN, y: y + SIZE, textLength: text.length * CHARACTER, 'xml:space': 'preserve' };
  return element(
    'text',
    { ...attributes, class: line.startsWith('$ ') ? 'command' : undefined },
    escaped(text),
  );
}

/** The bar of a span, in the color of its service. Half blocks are half a character. */
function barOf(line: string, y: number): string {
  const bar = /[█▌▐]+$/.exec(line);
  if (!bar) return '';
  const start = bar.index + (bar[0].startsWith('▐') ? 0.5 : 0);
  const end = line.length - (bar[0].endsWith('▌') ? 0.5 : 0);
  const fill = serviceColors[colorIndex(line.split(' ', 1)[0]!)]!.dark;
  const [x, width] = [MARGIN + start * CHARACTER, (end - start) * CHARACTER];
  return element('rect', { x, y: y + 2, width, height: LINE - 4, fill });
}
