/** The two headers of W3C Trace Context, taken from a recorded call. */
import { UserError } from '../../../workshop/errors.ts';
import type { Span, Trace } from '../../../workshop/trace/model.ts';
import { arrow } from './arrow.ts';
import { serviceClasses } from './services.ts';
import { contentWidth, element, fitted, path, picture, rect, shortId, words } from './svg.ts';

/** The kinds of spans that continue a trace from another service. */
const ENTRIES = new Set(['server', 'consumer']);

/** The first SERVER or CONSUMER span of a service, which has received a request or a message. */
export function entryOf(service: string, { spans }: Trace): Span | undefined {
  return spans.find((span) => span.service === service && ENTRIES.has(span.kind));
}

/**
 * The call into a service, with the headers that were sent, reconstructed from the spans of both sides: they have the
 * trace id, and the receiver's parent is the sender. `00` is the only version so far, and the call was sampled, or there
 * would be no spans.
 * @throws UserError if the trace has no call with both sides
 */
function hopInto(service: string, trace: Trace) {
  const to = entryOf(service, trace);
  const from = trace.spans.find((span) => span.spanId === to?.parentId);
  if (!to || !from)
    throw new UserError(`The recorded trace ${trace.traceId} has no call into ${service} with both sides.`);
  return { from, to, traceparent: `00-${to.traceId}-${from.spanId}-01`, tracestate: to.traceState };
}

const FIELDS = [
  { name: 'version', size: '1 byte', says: 'how to read the rest' },
  { name: 'trace-id', size: '16 bytes', says: 'which trace' },
  { name: 'parent-id', size: '8 bytes', says: 'who is calling' },
  { name: 'flags', size: '1 byte', says: 'lowest bit: sampled' },
];
const CHARACTER_PX = 29;

/** Draws a large traceparent, with the name, size, and meaning of each of its four fields. */
export function drawTraceparent(trace: Trace, service: string, alt: string): string {
  const { traceparent } = hopInto(service, trace);
  const left = (contentWidth - traceparent.length * CHARACTER_PX) / 2;
  let at = 0;
  const parts = traceparent.split('-').map((value, index) => {
    const x = left + at * CHARACTER_PX;
    const width = value.length * CHARACTER_PX;
    const middle = x + width / 2;
    const dash = index < 3 ? mono(x + width, 76, '-', 'mono dash') : '';
    at += value.length + 1;
    // The short fields are at the edges: their texts are below those of the long ones, and away from the edge.
    const isShort = value.length < 4;
    const y = isShort ? 380 : 196;
    const anchor = index === 0 ? 'start' : index === 3 ? 'end' : 'middle';
    const textX = index === 0 ? x : index === 3 ? x + width : middle;
    const field = FIELDS[index]!;
    return element(
      'g',
      { class: `field-${index}` },
      mono(x, 76, value, 'mono'),
      dash,
      path('bracket', `M${x + 3} 104v16H${x + width - 3}v-16M${middle} 120V${y - 54}`),
      words(textX, y, field.name, 'field-name', anchor),
      words(textX, y + 54, field.size, 'field-size', anchor),
      words(textX, y + 106, field.says, 'field-says', anchor),
    );
  });
  return picture({ height: 510, alt }, ...parts);
}

/** Broken headers that receivers get: what is wrong with each, and the header. */
const BROKEN: [says: string, broken: (traceId: string, parentId: string) => string][] = [
  ['all zeros', (traceId, parentId) => `00-${'0'.repeat(traceId.length)}-${parentId}-01`],
  ['uppercase', (traceId, parentId) => `00-${traceId.toUpperCase()}-${parentId}-01`],
  ['too short', (traceId, parentId) => `00-${traceId.slice(0, 16)}-${parentId}-01`],
];
const BROKEN_PX = 21.6;
const BROKEN_ROW_PX = 118;

/** Draws a recorded traceparent, broken in several ways that all have the same consequence. */
export function drawInvalid(trace: Trace, service: string, alt: string): string {
  const { from } = hopInto(service, trace);
  const bottom = BROKEN.length * BROKEN_ROW_PX;
  return picture(
    { height: bottom + 190, alt },
    ...BROKEN.flatMap(([says, broken], index) => {
      const y = 56 + index * BROKEN_ROW_PX;
      const [version, traceId, parentId, flags] = broken(from.traceId, from.spanId).split('-');
      return [
        element(
          'text',
          { x: 0, y, class: 'mono', style: `font-size: ${BROKEN_PX / 0.6}px` },
          `<tspan class="dim">${version}-</tspan><tspan class="wrong">${traceId}</tspan><tspan class="dim">-${parentId}-${flags}</tspan>`,
        ),
        words(contentWidth, y, says, 'field-name wrong', 'end'),
      ];
    }),
    arrow([30, bottom], [30, bottom + 60]),
    words(
      0,
      bottom + 130,
      'The header is ignored, the request is served, and a new trace begins.',
      'field-name',
    ),
  );
}

/** Draws the call between two services: the ids on each side, and the header that is sent. */
export function drawHop(trace: Trace, service: string, alt: string): string {
  const { from, to, traceparent } = hopInto(service, trace);
  const [version, traceId, parentId, flags] = traceparent.split('-') as [string, string, string, string];
  const middle = contentWidth / 2;
  const classOf = serviceClasses([from.service, to.service]);
  return picture(
    { height: 600, alt },
    element(
      'text',
      { x: middle, y: 60, class: 'mono-line', 'text-anchor': 'middle' },
      `<tspan class="dim">traceparent: ${version}-</tspan><tspan class="ink-1">${traceId}</tspan>` +
        `<tspan class="dim">-</tspan><tspan class="ink-2">${parentId}</tspan><tspan class="dim">-${flags}</tspan>`,
    ),
    path('lead', `M${middle} 92V${ARROW_Y - 26}`),
    arrow([SIDE.width + 24, ARROW_Y], [contentWidth - SIDE.width - 24, ARROW_Y]),
    words(SIDE.width + 40, ARROW_Y + 60, 'inject', 'verb'),
    words(contentWidth - SIDE.width - 40, ARROW_Y + 60, 'extract', 'verb', 'end'),
    side(0, from.service, from.name, classOf, [
      ['trace id', shortId(traceId), 'ink-1'],
      ['span id', shortId(parentId), 'ink-2'],
      ['parent', from.parentId ? shortId(from.parentId) : 'none', ''],
    ]),
    side(contentWidth - SIDE.width, to.service, to.name, classOf, [
      ['trace id', shortId(traceId), 'ink-1'],
      ['span id', shortId(to.spanId), ''],
      ['parent', shortId(parentId), 'ink-2'],
    ]),
  );
}

const SIDE = { width: 540, height: 380, y: 160 };
const SPAN_SIZE = 34;
const ARROW_Y = SIDE.y + SIDE.height / 2;

/** One side of a call: a service, its span, and its ids. */
function side(
  x: number,
  service: string,
  span: string,
  classOf: (service: string) => string,
  lines: [key: string, value: string, className: string][],
): string {
  const { width, height, y } = SIDE;
  return element(
    'g',
    { class: classOf(service) },
    rect(x, y, width, height, 'card', 20),
    rect(x + 40, y + 44, 32, 32, 'swatch', 7),
    words(x + 90, y + 76, service, 'side-name'),
    words(x + 40, y + 134, fitted(span, SPAN_SIZE, (width - 80) * 1.1), 'side-span'),
    ...lines.flatMap(([key, value, className], index) => [
      words(x + 40, y + 220 + index * 60, key, 'side-key'),
      words(x + width - 40, y + 220 + index * 60, value, `side-value ${className}`, 'end'),
    ]),
  );
}

/** Draws the entries of a tracestate, the newest first. */
export function drawTracestate(trace: Trace, service: string, alt: string): string {
  const { tracestate } = hopInto(service, trace);
  const characterPx = 26;
  const left = (contentWidth - tracestate.length * characterPx) / 2;
  let at = 0;
  const entries = tracestate.split(',').map((entry, index, all) => {
    const x = left + at * characterPx;
    const [key, value] = entry.split('=') as [string, string];
    const width = entry.length * characterPx;
    at += entry.length + 1;
    return element(
      'g',
      { class: `field-${index + 1}` },
      mono(
        x,
        70,
        entry,
        'mono',
        characterPx,
        `<tspan class="key">${key}</tspan><tspan class="dim">=</tspan><tspan>${value}</tspan>`,
      ),
      index < all.length - 1 ? mono(x + width, 70, ',', 'mono dash', characterPx) : '',
      path('bracket', `M${x + 3} 96v16H${x + width - 3}v-16M${x + width / 2} 112V150`),
      words(
        x + width / 2,
        196,
        index === 0 ? 'our entry, added first' : 'their entry, unchanged',
        'field-name',
        'middle',
      ),
    );
  });
  return picture({ height: 220, alt }, ...entries);
}

/** Text in a font whose characters are all `characterPx` wide; `html` is the same text with its colors. */
function mono(
  x: number,
  y: number,
  text: string,
  className: string,
  characterPx = CHARACTER_PX,
  html = text,
): string {
  const textLength = text.length > 1 ? text.length * characterPx : undefined;
  const style = `font-size: ${characterPx / 0.6}px`;
  return element('text', { x, y, class: className, style, textLength }, html);
}
