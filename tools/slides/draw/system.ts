import { formatDuration } from '../../../workshop/trace/duration.ts';
import type { Trace } from '../../../workshop/trace/model.ts';
import { waterfallOf } from '../../../workshop/trace/waterfall.ts';
import { serviceClasses } from './services.ts';
import { contentWidth, element, picture, words } from './svg.ts';

/**
 * Draws which services a request passes and how long the caller waited, which is all that is known without a trace. A
 * message is a dashed arrow, because the sender doesn't wait for it.
 */
export function drawSystem(trace: Trace, alt: string): string {
  const { services, rows } = waterfallOf(trace);
  const boxes = ['you', ...services.filter((service) => service !== 'caller')];
  const consumers = new Set(
    rows.filter(({ span }) => span.kind === 'consumer').map(({ span }) => span.service),
  );
  const classOf = serviceClasses(services);
  const widthPx = Math.min(400, (contentWidth - (boxes.length - 1) * MIN_GAP_PX) / boxes.length);
  const heightPx = 190;
  const gap = (contentWidth - boxes.length * widthPx) / (boxes.length - 1);
  const drawn = boxes.map((name, index) => {
    const x = index * (widthPx + gap);
    return [
      element('rect', { class: 'card', x, y: 0, width: widthPx, height: heightPx, rx: 20 }),
      index > 0
        ? element('rect', {
            class: `swatch ${classOf(name)}`,
            x: x + 40,
            y: 79,
            width: 32,
            height: 32,
            rx: 7,
          })
        : '',
      words(index > 0 ? x + 96 : x + 40, heightPx / 2 + 16, name, 'box-name'),
      index > 0 ? arrow(x - gap + 20, x - 20, heightPx / 2, consumers.has(name)) : '',
    ].join('');
  });
  const [number = '', unit = ''] = formatDuration(rows[0]!.span.durationUs).split(' ');
  return picture(
    contentWidth,
    620,
    alt,
    ...drawn,
    element('text', { x: -14, y: 530, class: 'huge' }, `${number}<tspan class="unit"> ${unit}</tspan>`),
    words(6, 606, 'until the response arrives', 'huge-says'),
  );
}

const MIN_GAP_PX = 140;

function arrow(from: number, to: number, y: number, isMessage: boolean): string {
  return (
    element('path', { class: isMessage ? 'arrow no-header' : 'arrow', d: `M${from} ${y}H${to - 16}` }) +
    element('path', { class: 'arrow-head', d: `M${to} ${y}l-30 -17v34z` })
  );
}
