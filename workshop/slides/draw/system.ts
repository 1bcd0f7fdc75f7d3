import { formatDuration } from '../../trace/duration.ts';
import type { Trace } from '../../trace/model.ts';
import { waterfallOf } from '../../trace/waterfall.ts';
import { serviceClasses } from './services.ts';
import { contentWidth, element, picture, words } from './svg.ts';

/** Draws who calls whom on the way of a request, and how long the caller waited; nothing more is known without a trace. */
export function drawSystem(trace: Trace, alt: string): string {
  const { services, durationUs } = waterfallOf(trace);
  const boxes = ['you', ...services.filter((service) => service !== 'caller')];
  const classOf = serviceClasses(services);
  const widthPx = 400;
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
      index < boxes.length - 1 ? arrow(x + widthPx + 20, x + widthPx + gap - 20, heightPx / 2) : '',
    ].join('');
  });
  const [number = '', unit = ''] = formatDuration(durationUs).split(' ');
  return picture(
    contentWidth,
    620,
    alt,
    ...drawn,
    element('text', { x: -14, y: 530, class: 'huge' }, `${number}<tspan class="unit"> ${unit}</tspan>`),
    words(6, 606, 'until the answer is there', 'huge-says'),
  );
}

function arrow(from: number, to: number, y: number): string {
  return (
    element('path', { class: 'arrow', d: `M${from} ${y}H${to - 16}` }) +
    element('path', { class: 'arrow-head', d: `M${to} ${y}l-30 -17v34z` })
  );
}
