/** Pictures of ideas: how instrumentation, context, and errors work. */
import { UserError } from '../../../workshop/errors.ts';
import type { Trace } from '../../../workshop/trace/model.ts';
import { waterfallOf } from '../../../workshop/trace/waterfall.ts';
import { serviceClasses } from './services.ts';
import { barsOf } from './strip.ts';
import { appears } from './appears.ts';
import { arrow } from './arrow.ts';
import { contentWidth, path, picture, rect, words } from './svg.ts';

/** How instrumentation puts itself around a function of a library, and the span that it records. */
export function drawWrap(alt: string): string {
  const outer = { x: 330, width: 1020, y: 70, height: 330 };
  const inner = { x: 640, width: 400 };
  const middle = outer.y + outer.height / 2 + 24;
  return picture(
    { height: 640, alt },
    words(0, middle + 12, 'a request', 'half-title'),
    arrow([200, middle], [outer.x - 10, middle]),
    appears(
      'birth',
      0.4,
      rect(outer.x, outer.y, outer.width, outer.height, 'wrapper', 20),
      words(outer.x + outer.width / 2, outer.y + 62, 'instrumentation', 'wrapper-name', 'middle'),
      words(outer.x + 155, middle - 12, 'start', 'half-title', 'middle'),
      words(outer.x + 155, middle + 34, 'a span', 'half-title', 'middle'),
      words(outer.x + outer.width - 155, middle - 12, 'end', 'half-title', 'middle'),
      words(outer.x + outer.width - 155, middle + 34, 'the span', 'half-title', 'middle'),
    ),
    rect(inner.x, middle - 90, inner.width, 180, 'card inner', 20),
    words(inner.x + inner.width / 2, middle - 8, 'the library’s', 'half-title', 'middle'),
    words(inner.x + inner.width / 2, middle + 40, 'own function', 'half-title', 'middle'),
    arrow([outer.x + outer.width + 10, middle], [outer.x + outer.width + 130, middle]),
    words(contentWidth, middle + 12, 'a response', 'half-title', 'end'),
    appears(
      'birth',
      1.2,
      path('lead', `M${outer.x + 155} ${middle + 60}V500M${outer.x + outer.width - 155} ${middle + 60}V500`),
      rect(outer.x + 155, 500, outer.width - 310, 56, 'accent-bar', 6),
      words(outer.x + outer.width / 2, 616, 'the span', 'half-title', 'middle'),
    ),
  );
}

/** How the context of each request survives an `await`, although both requests share one thread. */
export function drawAwait(alt: string): string {
  const lanes = [
    {
      name: 'request A',
      color: 'first',
      y: 40,
      runs: [
        [0, 260],
        [760, 1040],
      ],
    },
    {
      name: 'request B',
      color: 'second',
      y: 240,
      runs: [
        [300, 720],
        [1080, 1240],
      ],
    },
  ] as const;
  const left = 400;
  const runY = 480;
  return picture(
    { height: 640, alt },
    ...lanes.flatMap(({ name, color, y, runs }) => {
      const [[start, pause], [resume, end]] = runs;
      return [
        words(0, y + 52, name, 'half-title'),
        path(`kept-context ${color}`, `M${left + start} ${y + 40}H${left + end}`),
        ...runs.map(([from, to]) => rect(left + from, y, to - from, 80, `run ${color}`, 8)),
        words(left + (pause + resume) / 2, y + 26, 'await', 'await-text', 'middle'),
        ...runs.map(([from, to]) => rect(left + from, runY, to - from, 80, `run ${color}`, 8)),
      ];
    }),
    words(0, runY + 52, 'one thread', 'half-title'),
    path('tick', `M0 ${runY - 60}H${contentWidth}`),
  );
}

/** How an error climbs from the span in which it happens to the root. Only the spans on its way are shown. */
export function drawError(trace: Trace, origin: string, alt: string): string {
  const { rows, services } = waterfallOf(trace);
  const classOf = serviceClasses(services);
  const way: typeof rows = [];
  for (
    let row = rows.find(({ span }) => span.name.endsWith(origin));
    row;
    row = rows.find(({ span }) => span.spanId === row!.span.parentId)
  )
    way.unshift(row);
  if (way.length === 0) throw new UserError(`The recorded trace has no span ${origin}.`);
  const rowPx = 118;
  const nodePx = 82;
  return picture(
    { height: way.length * rowPx, alt },
    ...way.map(({ span }, index) => {
      const [x, y] = [index * 90, index * rowPx];
      const isOrigin = index === way.length - 1;
      return appears(
        'birth',
        (way.length - index) * 0.5,
        rect(x, y, 640, nodePx, `node failed ${classOf(span.service)}`, 14),
        rect(x + 24, y + 28, 26, 26, `swatch ${classOf(span.service)}`, 6),
        words(x + 68, y + 54, span.name, 'half-title'),
        isOrigin ? '' : arrow([x + 45, y + rowPx + 30], [x + 45, y + nodePx + 8], 'arrow climbs'),
        words(
          x + 680,
          y + 54,
          isOrigin ? 'throws: the exception is recorded here' : 'fails, too',
          'half-title failed-says',
        ),
      );
    }),
  );
}

/** Many orders, each with a trace of its own, and one piece of work that they cause; it links to them, unless `asks`. */
export function drawLinks(
  trace: Trace,
  work: { name: string; service: string },
  asks: boolean,
  alt: string,
): string {
  const { rows, services, durationUs } = waterfallOf(trace);
  const classOf = serviceClasses(services);
  const orders = 3;
  const width = 620;
  const orderPx = 200;
  const box = { x: 1180, y: 210, width: 500, height: 150 };
  return picture(
    { height: orders * orderPx - 20, alt },
    ...Array.from({ length: orders }, (_, index) => {
      const y = index * orderPx;
      const last = rows.at(-1)!;
      const pxPerUs = (width - 60) / durationUs;
      const endX = 30 + (last.offsetUs + last.durationUs) * pxPerUs;
      const endY = y + 22 + (rows.length - 0.6) * 27;
      return [
        rect(0, y, width, orderPx - 30, 'trace-frame', 16),
        ...barsOf(rows, classOf, { x: 30, y: y + 18, pxPerUs, rowPx: 27 }),
        appears(
          'birth',
          0.8 + index * 0.4,
          path(
            asks ? 'link asks' : 'link',
            `M${box.x - 10} ${box.y + 40 + index * 35}C${box.x - 200} ${box.y + 40 + index * 35} ${endX + 260} ${endY} ${endX + 14} ${endY}`,
          ),
          asks ? '' : path('parent-head', `M${endX + 10} ${endY}l28 -15v30z`),
        ),
      ].join('');
    }),
    appears(
      'birth',
      0.4,
      rect(box.x, box.y, box.width, box.height, `node ${classOf(work.service)}`, 16),
      words(box.x + box.width / 2, box.y + 66, work.name, 'box-name', 'middle'),
      words(
        box.x + box.width / 2,
        box.y + 116,
        asks ? 'whose child?' : 'a root, with links',
        'half-title',
        'middle',
      ),
    ),
    asks ? '' : words(860, 40, 'links', 'half-title ink-2'),
  );
}

/** How the response time climbs when more and more requests arrive: capacity is where it leaves the promise. */
export function drawKnee(alt: string): string {
  const [left, right, top, bottom] = [120, 1640, 30, 520];
  const promiseY = 240;
  const [today, capacity] = [620, 1180];
  const label = (x: number, y: number, text: string, anchor: 'start' | 'middle' | 'end' = 'middle') =>
    words(x, y, text, 'half-title', anchor);
  return picture(
    { height: 620, alt },
    path('arrow', `M${left} ${bottom}V${top + 20}M${left} ${bottom}H${right - 20}`),
    path('arrow-head', `M${left} ${top}l-17 30h34zM${right} ${bottom}l-30 -17v34z`),
    label(left + 30, top + 26, 'response time', 'start'),
    label(right, bottom + 62, 'requests per second', 'end'),
    path('promise', `M${left} ${promiseY}H${right}`),
    label(left + 30, promiseY - 22, 'the promise', 'start'),
    path('knee', `M${left} 470C760 466 1010 440 ${capacity} ${promiseY}C1230 170 1270 90 1290 ${top}`),
    path('lead', `M${today} ${bottom}V462M${capacity} ${bottom}V${promiseY}`),
    label(today, bottom + 62, 'today'),
    label(capacity - 80, bottom + 62, 'capacity'),
    appears(
      'birth',
      0.8,
      arrow([today + 16, bottom - 14], [capacity - 10, bottom - 14]),
      label((today + capacity) / 2, bottom - 32, 'headroom'),
    ),
  );
}
