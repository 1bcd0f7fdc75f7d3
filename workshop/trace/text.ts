import { looksTogether, serviceColors } from './colors.ts';
import { droppedText } from './dropped.ts';
import { formatDuration, formatWithDigits } from './duration.ts';
import type { LogRecord } from './log-record.ts';
import { levelOf, logsBySpan, logText, MAX_RECORDS } from './log-text.ts';
import { lacks } from './missing-times.ts';
import type { Span, Trace } from './model.ts';
import { counted } from './numbers.ts';
import type { LinkedSpan, LinkedSpans } from './page-data.ts';
import { joined, padEnd, padStart, printable, shortened, widthOf, wrapped } from './terminal-text.ts';
import { durationText, unexplained, waterfallOf } from './waterfall.ts';
import type { Gap, Row, Waterfall } from './waterfall.ts';

export interface TextOptions {
  /** Columns of the terminal, 100 by default; clamped to between 40 and 400. */
  width?: number;
  /** Whether to color the text with ANSI escape sequences. Otherwise it contains none. */
  color?: boolean;
  /** How many spans get a row, 60 by default, which is about what a terminal shows. The last line counts the others. */
  maxRows?: number;
  /** Whether to say in words what is odd about the trace: long gaps, missing parents, clocks that differ. */
  explain?: boolean;
  /** The log records of the trace in chronological order, to draw between the spans. */
  logs?: readonly LogRecord[];
  /** The spans at the other ends of the links of the trace, as far as they are known. */
  linked?: LinkedSpans;
  /** All services that the backend knows; the colors depend on the whole set. */
  services?: readonly string[];
}

const errorMark = '✗ error';
const columnGap = '  ';
const MAX_LINKS = 3;
/** Below this width, the start column is left out to make room for names and bars, which show the start too. */
const narrow = 64;

/**
 * The waterfall of a trace for a terminal: a summary line, then one line per span with its service, its name indented
 * by its depth, its start relative to the trace, its duration, and a bar. Below a span come its errors, what the SDK
 * dropped from it, and the links from it and to it. With `explain`, its warnings follow too, and the part of a bar that is ░ is a gap: a long time in which nothing below
 * the span ran. With `logs`, each record is a line below its span; a record outside all spans of the trace is above the
 * first span that starts later.
 *
 * An error is marked with ✗ and the word "error", even when the name is shortened. No line is wider than `width` or
 * ends with a space; line feeds separate the lines, with none at the end. Control characters in names are made visible.
 */
export function waterfallText(
  trace: Trace,
  {
    width = 100,
    color = false,
    maxRows = 60,
    explain = false,
    logs = [],
    linked = { targets: [], backlinks: [] },
    services = [],
  }: TextOptions = {},
): string {
  const columns = Math.min(400, Math.max(40, Math.floor(width) || 100));
  const waterfall = explain ? waterfallOf(trace) : unexplained(waterfallOf(trace));
  if (waterfall.rows.length === 0) return shortened('This trace has no spans yet.', columns);

  const paint = color ? ansiPaint(waterfall.services, services) : unpainted;
  const rows = waterfall.rows.slice(0, maxRows);
  const trees = treeLines(rows, Math.floor(columns / 8) - 2);
  const layout = layoutOf(rows, trees, columns);
  const lines = [...headline(waterfall, columns, paint), '', columnTitles(waterfall, layout, paint)];
  const ids = new Set(waterfall.rows.map(({ span }) => span.spanId));
  const bySpan = logsBySpan(logs, (id) => ids.has(id));
  const linesOf = (records: readonly LogRecord[], below: string) =>
    logLines(records, below, waterfall, layout, columns, paint);
  let loose = bySpan.get('') ?? [];
  rows.forEach((row, index) => {
    const before = loose.filter(({ timeUs }) => timeUs < row.span.startUs);
    loose = loose.slice(before.length);
    lines.push(...linesOf(before, ''));
    lines.push(rowLine(row, trees[index]!, waterfall, layout, paint));
    lines.push(...noteLines(row, linked, trees[index]!, layout, columns, paint));
    lines.push(...linesOf(bySpan.get(row.span.spanId) ?? [], trees[index]!.below));
  });
  lines.push(...linesOf(loose, ''));
  lines.push(...restLine(waterfall, rows.length, columns, paint));
  return lines.map((line) => line.trimEnd()).join('\n');
}

type Paint = Record<'bold' | 'dim' | 'red' | 'yellow', (text: string) => string> & {
  service(service: string, name: string): string;
  bar(service: string, text: string): string;
};

const sgr = (code: string) => (text: string) => (text.trim() === '' ? text : `\x1b[${code}m${text}\x1b[0m`);

/** SGR codes for names of services of the same color: underlined, italic, both (ECMA-48, "Select graphic rendition"). */
const markCodes = ['', ';4', ';3', ';3;4'];

function ansiPaint(services: readonly string[], known: readonly string[]): Paint {
  const looks = looksTogether(services, known);
  const colorOf = (service: string) => `38;5;${serviceColors[looks.get(service)?.color ?? 0]!.ansi256}`;
  return {
    bold: sgr('1'),
    dim: sgr('2'),
    red: sgr('1;31'),
    yellow: sgr('33'),
    service: (service, name) => sgr(colorOf(service) + markCodes[looks.get(service)?.mark ?? 0]!)(name),
    bar: (service, text) => sgr(colorOf(service))(text),
  };
}

const same = (text: string) => text;
const unpainted: Paint = {
  bold: same,
  dim: same,
  red: same,
  yellow: same,
  service: (_, name) => name,
  bar: (_, text) => text,
};

/** The tree drawn left of a name: `own` on the span's line, `below` on the lines of its notes. */
interface TreeLine {
  own: string;
  below: string;
}

/**
 * Levels deeper than `deepest` aren't indented any further, so that names keep their room; they show a number instead.
 */
function treeLines(rows: readonly Row[], deepest: number): TreeLine[] {
  const openAt: boolean[] = [];
  return rows.map((row) => {
    openAt[row.depth] = !row.lastSibling;
    const indent = (from: number, to: number) =>
      openAt
        .slice(from, to)
        .map((open) => (open ? '│ ' : '  '))
        .join('');
    const children = row.childCount > 0 ? '│ ' : '';
    if (row.depth === 0) return { own: '', below: children };
    if (row.depth > deepest) {
      const deep = `${'  '.repeat(deepest - 2)}${row.depth}`;
      return { own: `${deep} ${row.lastSibling ? '└' : '├'} `, below: `${' '.repeat(deep.length)}   ` };
    }
    return {
      own: `${indent(1, row.depth)}${row.lastSibling ? '└ ' : '├ '}`,
      below: `${indent(1, row.depth + 1)}${children}`,
    };
  });
}

/** Widths of the columns; a column of width 0 is left out. */
interface Layout {
  service: number;
  name: number;
  start: number;
  duration: number;
  bar: number;
}

function layoutOf(rows: readonly Row[], trees: readonly TreeLine[], width: number): Layout {
  const time = (texts: string[]) => Math.min(12, widest(texts));
  const start = width < narrow ? 0 : time(['start', ...rows.map((row) => startText(row))]);
  const duration = time(['duration', ...rows.map(durationText)]);
  const wantedService = widest(['service', ...rows.map((row) => printable(row.span.service))]);
  const service = Math.min(wantedService, Math.max(7, Math.floor(width / 6)));

  const gaps = columnGap.length * (start > 0 ? 4 : 3);
  const room = width - service - start - duration - gaps;
  const leastBar = Math.max(6, Math.floor(room / 3));
  const wantedName = widest(['span', ...rows.map((row, index) => trees[index]!.own + nameText(row.span))]);
  const name = Math.min(wantedName, room - leastBar);
  return { service, name, start, duration, bar: room - name };
}

function widest(texts: string[]): number {
  return texts.reduce((most, text) => Math.max(most, widthOf(text)), 0);
}

function nameText(span: Span): string {
  return span.error ? `${printable(span.name)} ${errorMark}` : printable(span.name);
}

function startText(row: Row): string {
  if (lacks(row.span, 'start')) return '?';
  return row.offsetUs === 0 ? '0' : `+${formatDuration(row.offsetUs)}`;
}

function headline(waterfall: Waterfall, width: number, paint: Paint): string[] {
  const { rows, services, errorCount } = waterfall;
  const root = rows[0]!.span;
  const title = `${printable(root.service)}: ${printable(root.name)}`.trimEnd();
  const errors = errorCount > 0 ? `✗ ${counted(errorCount, 'error')}` : 'no errors';
  const figures = [
    durationText(waterfall),
    counted(rows.length, 'span'),
    counted(services.length, 'service'),
    errors,
  ];
  const paintErrors = (line: string) => (errorCount > 0 ? line.replace(errors, paint.red) : line);
  const line = figures.join(' · ');
  if (widthOf(title) + columnGap.length + widthOf(line) <= width) {
    return [`${paint.bold(title)}${columnGap}${paintErrors(line)}`];
  }
  return [paint.bold(shortened(title, width)), ...joined(figures, ' · ', width).map(paintErrors)];
}

function columnTitles(waterfall: Waterfall, layout: Layout, paint: Paint): string {
  const end = durationText(waterfall);
  const scale = layout.bar > widthOf(end) + 1 ? `0${padStart(end, layout.bar - 1)}` : '';
  return paint.dim(
    [
      padEnd('service', layout.service),
      padEnd('span', layout.name),
      ...(layout.start > 0 ? [padStart('start', layout.start)] : []),
      padStart('duration', layout.duration),
      scale,
    ]
      .join(columnGap)
      .trimEnd(),
  );
}

function rowLine(row: Row, tree: TreeLine, waterfall: Waterfall, layout: Layout, paint: Paint): string {
  const service = shortened(printable(row.span.service), layout.service);
  const bar = barOf(row, waterfall.durationUs, layout.bar);
  return [
    padEnd(paint.service(row.span.service, service), layout.service),
    nameCell(row.span, tree.own, layout.name, paint),
    ...(layout.start > 0 ? [paint.dim(padStart(shortened(startText(row), layout.start), layout.start))] : []),
    padStart(shortened(durationText(row), layout.duration), layout.duration),
    paint.bar(row.span.service, bar),
  ].join(columnGap);
}

/** The error mark gets its room first, then the tree; the name gets the rest. */
function nameCell(span: Span, tree: string, width: number, paint: Paint): string {
  const mark = span.error ? errorMark : '';
  const markRoom = span.error ? widthOf(errorMark) + 1 : 0;
  const whole = printable(span.name);
  const indentRoom = width - markRoom - Math.min(4, widthOf(whole));
  const indent = widthOf(tree) <= indentRoom ? tree : '';
  const name = shortened(whole, width - widthOf(indent) - markRoom);
  const used = widthOf(indent) + widthOf(name) + markRoom;
  const padding = ' '.repeat(Math.max(0, width - used));
  return `${paint.dim(indent)}${name}${mark && ` ${paint.red(mark)}`}${padding}`;
}

/** Draws a bar in half columns; a span shorter than half a column is a thin line. */
function barOf(row: Row, traceUs: number, width: number): string {
  const halves = width * 2;
  const place = (us: number) => (traceUs === 0 ? 0 : (us / traceUs) * halves);
  const from = Math.min(halves - 1, Math.max(0, Math.floor(place(row.offsetUs))));
  const to = Math.max(from + 1, Math.round(place(row.offsetUs + Math.max(0, row.durationUs))));
  const thin = place(row.durationUs) < 0.5;
  const isGap = (half: number) =>
    row.gaps.some((gap) => half >= place(gap.offsetUs) && half + 1 <= place(gap.offsetUs + gap.durationUs));
  const runs = (half: number) => half >= from && half < to;

  let bar = '';
  for (let half = 0; half < halves; half += 2) {
    const left = runs(half);
    const right = runs(half + 1);
    if (left && right) bar += isGap(half) && isGap(half + 1) ? '░' : '█';
    else if (left) bar += thin ? '▏' : '▌';
    else if (right) bar += thin ? '▕' : '▐';
    else bar += ' ';
  }
  return bar.trimEnd();
}

function noteLines(
  row: Row,
  linked: LinkedSpans,
  tree: TreeLine,
  layout: Layout,
  width: number,
  paint: Paint,
): string[] {
  const dropped = droppedText(row.span);
  const notes = [
    ...errorNotes(row.span).map((text) => ({ sign: '✗', text, color: paint.red })),
    ...row.warnings.map(({ text }) => ({ sign: '!', text, color: paint.yellow })),
    ...row.gaps.map((gap) => ({ sign: '░', text: gapText(row, gap), color: paint.yellow })),
    ...(dropped === '' ? [] : [{ sign: '!', text: dropped, color: paint.yellow }]),
    ...linkTexts(row.span, linked).map((text) => ({ sign: '→', text, color: paint.dim })),
    ...backlinkTexts(row.span, linked).map((text) => ({ sign: '←', text, color: paint.dim })),
  ];
  const indent = shortened(tree.below, layout.name - 4);
  const margin = ' '.repeat(layout.service + columnGap.length);
  const room = width - widthOf(margin) - widthOf(indent) - 2;
  return notes.flatMap(({ sign, text, color }) =>
    wrapped(text, room).map(
      (line, index) =>
        `${margin}${paint.dim(indent)}${color(`${index === 0 ? sign : ' '} ${line}`.trimEnd())}`,
    ),
  );
}

/** One line per log record, after the tree of its span. */
function logLines(
  records: readonly LogRecord[],
  below: string,
  { startUs }: Waterfall,
  layout: Layout,
  width: number,
  paint: Paint,
): string[] {
  const looks = {
    error: { sign: '✗', color: paint.red },
    warn: { sign: '!', color: paint.yellow },
    other: { sign: '·', color: paint.dim },
  };
  const indent = shortened(below, layout.name - 4);
  const lines = records.slice(0, MAX_RECORDS).map((record) => {
    const { sign, color } = looks[levelOf(record)];
    const service = shortened(printable(record.service), layout.service);
    const margin = padEnd(paint.service(record.service, service), layout.service);
    const room = width - layout.service - columnGap.length - widthOf(indent) - 2;
    return `${margin}${columnGap}${paint.dim(indent)}${color(`${sign} ${shortened(logText(record, startUs), room)}`)}`;
  });
  const more = records.length - lines.length;
  const margin = ' '.repeat(layout.service + columnGap.length);
  return more > 0
    ? [...lines, `${margin}${paint.dim(`${indent}… ${counted(more, 'more log line')}`)}`]
    : lines;
}

/** The span's own description of its error: the status message and the messages of recorded exceptions. */
function errorNotes(span: Span): string[] {
  if (!span.error) return [];
  const exceptions = span.events
    .filter((event) => event.name === 'exception')
    .map(({ attributes }) => String(attributes['exception.message'] ?? attributes['exception.type'] ?? ''));
  const words = [span.statusMessage, ...exceptions].filter((text) => text !== '');
  return [...new Set(words)].slice(0, 3).map((text) => shortened(printable(text), 240));
}

function gapText({ extraDigits }: Row, { durationUs }: Gap): string {
  return `${formatWithDigits(durationUs, extraDigits)} in which nothing below it runs`;
}

function linkTexts({ links }: Span, { targets }: LinkedSpans): string[] {
  return firstOf(links, ({ traceId, spanId, attributes = {} }) => {
    const target = targets.find((span) => span.traceId === traceId && span.spanId === spanId);
    const pairs = Object.entries(attributes).map(([key, value]) => `${key}=${value}`);
    return [`link to ${placeOf({ traceId, spanId, ...target })}`, ...pairs].join(' ');
  });
}

function backlinkTexts({ spanId }: Span, { backlinks }: LinkedSpans): string[] {
  const here = backlinks.filter(({ to }) => to === spanId);
  return firstOf(here, (source) => `linked from ${placeOf(source)}`);
}

/** The first links as text, and how many more there are. */
function firstOf<Link>(links: readonly Link[], textOf: (link: Link) => string): string[] {
  const texts = links.slice(0, MAX_LINKS).map((link) => printable(textOf(link)));
  const more = links.length - texts.length;
  return more > 0 ? [...texts, `and ${counted(more, 'more link')}`] : texts;
}

/** Where a span is, and which one it is if that is known. */
function placeOf(span: Pick<LinkedSpan, 'traceId' | 'spanId'> & Partial<LinkedSpan>): string {
  const { traceId, spanId, service, name } = span;
  const place = `span ${spanId} of trace ${traceId}`;
  return name === undefined ? place : `${place} (${service}: ${name})`;
}

function restLine(waterfall: Waterfall, shown: number, width: number, paint: Paint): string[] {
  const rest = waterfall.rows.slice(shown);
  if (rest.length === 0) return [];
  const errors = rest.filter((row) => row.span.error).length;
  const more = `… ${counted(rest.length, 'more span')}`;
  return [
    paint.dim(shortened(errors > 0 ? `${more}, ✗ ${counted(errors, 'error')} among them` : more, width)),
  ];
}
