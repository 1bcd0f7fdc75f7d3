import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { formatDuration } from '../../trace/duration.ts';
import { counted } from '../../trace/numbers.ts';
import { ticksOf } from '../../trace/ticks.ts';
import { useMeasure } from '../frame/resizing.ts';
import { traceUrl } from '../../trace/ids.ts';
import { clockTime } from '../frame/times.ts';
import { traces } from './state.ts';

/** Radius of the dot of a trace with very many spans, in em. */
const MAX_RADIUS_EM = 1.1;

/** A plot of the traces' durations by start. Hidden from screen readers, because the list says the same. */
export function Scatter() {
  const figure = useRef<HTMLDivElement>(null);
  const sizePx = useSignal({ width: 900, height: 150, em: 16 });
  useMeasure(figure, () => {
    const { clientWidth, clientHeight } = figure.current!;
    const em = Number.parseFloat(getComputedStyle(figure.current!).fontSize);
    sizePx.value = { width: clientWidth, height: clientHeight, em };
  });

  const all = traces.value;
  const { width, height, em } = sizePx.value;
  const left = 5 * em;
  const right = width - em;
  // Leaves room for the largest dot at the top and, above the time labels, at the bottom.
  const top = MAX_RADIUS_EM * em;
  const bottom = height - (MAX_RADIUS_EM + 1.4) * em;
  const starts = all.map(({ startUs }) => startUs);
  const firstUs = Math.min(...starts);
  const lastUs = Math.max(...starts);
  const mostUs = Math.max(1, ...all.map(({ durationUs }) => durationUs)) * 1.08;
  const x = (us: number) =>
    lastUs === firstUs
      ? (left + right) / 2
      : left +
        MAX_RADIUS_EM * em +
        ((us - firstUs) / (lastUs - firstUs)) * (right - left - 2 * MAX_RADIUS_EM * em);
  const y = (us: number) => bottom - (us / mostUs) * (bottom - top);
  // In a narrow plot, two times with dates would overlap; the list has the dates too.
  const hasDates = right - left > 26 * em;
  const timeAt = (us: number) => (hasDates ? clockTime(us) : clockTime(us, us / 1_000));
  return (
    <div class="scatter card" ref={figure} aria-hidden="true">
      {all.length > 0 && (
        <svg width={width} height={height}>
          {ticksOf(0, mostUs, Math.max(1, Math.floor((bottom - top) / (2.2 * em)))).map(({ us, text }) => (
            <g key={us}>
              <line class="grid" x1={left} x2={right} y1={y(us)} y2={y(us)} />
              <text class="y" x={left - 0.5 * em} y={y(us)}>
                {text}
              </text>
            </g>
          ))}
          <text class="x first" x={left} y={height - 0.3 * em}>
            {timeAt(firstUs)}
          </text>
          {lastUs > firstUs && (
            <text class="x last" x={right} y={height - 0.3 * em}>
              {timeAt(lastUs)}
            </text>
          )}
          {all.map(({ traceId, startUs, durationUs, spans, errors, rootName }) => (
            <a key={traceId} href={traceUrl(traceId)} tabindex={-1}>
              <title>
                {`${rootName}: ${formatDuration(durationUs)}, ${counted(spans, 'span')}${errors > 0 ? `, ${counted(errors, 'error')}` : ''}`}
              </title>
              <circle
                class={errors > 0 ? 'error' : ''}
                cx={x(startUs)}
                cy={y(durationUs)}
                r={em * Math.min(MAX_RADIUS_EM, 0.28 + 0.12 * Math.log2(1 + spans))}
              />
            </a>
          ))}
        </svg>
      )}
    </div>
  );
}
