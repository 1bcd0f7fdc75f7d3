import { useSignalEffect } from '@preact/signals';
import { type ComponentChildren, render } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { Points } from '../../trace/page-data.ts';
import { isSystemDark, size, theme } from '../frame/preferences.ts';
import { cursorIndex, cursorTime, firstTime, shown } from './state.ts';

/** A line of a chart. It looks like its sample in the legend, whose color and style come from the class. */
export interface Line {
  name: string;
  class: string;
  points: Points;
}

interface ChartProps {
  title: string;
  lines: readonly Line[];
  /** The highest value that the axis shows; it starts at 0. */
  top: number;
  /** A value of a line as text. */
  text: (value: number | null) => string;
  /** A round value as text, for the axis. */
  tickText: (value: number) => string;
  /** Drawn over the lines; its elements are placed in percent of the plot. */
  overlay?: ComponentChildren;
}

/** A chart over time, with a legend that shows the values at the cursor. The cursor is shared by all charts. */
export function Chart({ title, lines, top, text, tickText, overlay }: ChartProps) {
  const { times } = shown.value!;
  const from = firstTime.value;
  const plot = useRef<HTMLDivElement>(null);
  const legend = useRef<HTMLUListElement>(null);
  const chart = useRef<uPlot>(undefined);
  const layer = useRef<HTMLElement>(undefined);
  const extent = useRef({ from, top });
  extent.current = { from, top };
  const names = lines.map((line) => `${line.name} ${line.class}`).join('\n');
  const data = [times, ...lines.map(({ points }) => points)] as uPlot.AlignedData;

  // The size of text depends on the projector mode, and uPlot doesn't change it afterwards.
  useLayoutEffect(() => {
    const created = draw(plot.current!, legend.current!, lines.length, data, tickText, () => extent.current);
    chart.current = created;
    layer.current = created.over.appendChild(document.createElement('div'));
    const resizing = new ResizeObserver(() => created.setSize(sizeOf(plot.current!)));
    resizing.observe(plot.current!);
    return () => {
      resizing.disconnect();
      render(null, layer.current!);
      created.destroy();
    };
  }, [names, size.value]);

  useLayoutEffect(() => {
    chart.current!.setData(data);
    placeCursor(chart.current!, cursorTime.value);
    render(overlay ?? null, layer.current!);
  });

  useSignalEffect(() => {
    const time = cursorTime.value;
    if (chart.current) placeCursor(chart.current, time);
  });
  useSignalEffect(() => {
    void [theme.value, isSystemDark.value];
    chart.current?.redraw(false);
  });

  return (
    <figure class="chart card">
      <figcaption>
        <h3>{title}</h3>
        <ul class="legend" ref={legend}>
          {lines.map((line) => (
            <li key={line.name} class={line.class}>
              <i class="line-sample" aria-hidden="true" />
              <bdi class="cut">{line.name}</bdi>
              <strong>{text(line.points[cursorIndex.value] ?? null)}</strong>
            </li>
          ))}
        </ul>
      </figcaption>
      <div class="plot" ref={plot} aria-hidden="true" />
    </figure>
  );
}

/** Styles of borders as dashes, in multiples of the width of a line. */
const dashes: Record<string, number[]> = { dashed: [5, 3], dotted: [1, 2], double: [5, 2, 1, 2] };

function draw(
  plot: HTMLElement,
  legend: HTMLElement,
  lines: number,
  data: uPlot.AlignedData,
  tickText: (value: number) => string,
  extent: () => { from: number; top: number },
): uPlot {
  const { fontSize, fontFamily } = getComputedStyle(plot);
  const em = Number.parseFloat(fontSize);
  const axis: uPlot.Axis = {
    font: `${fontSize} ${fontFamily}`,
    stroke: () => getComputedStyle(plot).color,
    grid: { stroke: () => getComputedStyle(plot).borderTopColor, width: 1 },
    ticks: { show: false },
    gap: em / 2,
  };
  const series = Array.from({ length: lines }, (_, index): uPlot.Series => {
    const sample = () => getComputedStyle(legend.children[index]!.querySelector('.line-sample')!);
    const { borderTopStyle, borderTopWidth } = sample();
    const width = Number.parseFloat(borderTopWidth);
    return {
      stroke: () => sample().borderTopColor,
      width,
      dash: (dashes[borderTopStyle] ?? []).map((part) => part * width),
      points: { show: false },
    };
  });
  const chart = new uPlot(
    {
      ...sizeOf(plot),
      padding: [em / 2, em, 0, 0],
      legend: { show: false },
      // Only `placeCursor` moves the cursor.
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: false, y: false },
        bind: { mousemove: ignore, mouseleave: ignore },
      },
      scales: {
        x: { range: ({ data: [times] }) => [extent().from, times.at(-1)!] },
        y: { range: () => [0, extent().top] },
      },
      series: [{}, ...series],
      axes: [
        {
          ...axis,
          size: 2 * em,
          space: 5 * em,
          incrs: [60, 120, 300],
          values: (_, times) => times.map((time) => minuteText(time)),
        },
        { ...axis, size: 4.5 * em, space: 2.5 * em, values: (_, values) => values.map(tickText) },
      ],
    },
    data,
    plot,
  );
  const { over } = chart;
  over.addEventListener('pointermove', ({ clientX }) => {
    cursorTime.value = chart.data[0][chart.posToIdx(clientX - over.getBoundingClientRect().left)];
  });
  over.addEventListener('pointerleave', () => (cursorTime.value = undefined));
  return chart;
}

function ignore(): null {
  return null;
}

function placeCursor(chart: uPlot, time: number | undefined): void {
  const left = time === undefined ? -10 : chart.valToPos(time, 'x');
  if (chart.cursor.left !== left) chart.setCursor({ left, top: 0 }, false);
}

function sizeOf({ clientWidth, clientHeight }: HTMLElement): { width: number; height: number } {
  return { width: clientWidth, height: clientHeight };
}

/** A time in the reader's time zone: `14:05`. Takes s since 1970. */
function minuteText(time: number): string {
  const date = new Date(time * 1_000);
  return [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
}
