import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { formatDuration } from '../../trace/duration.ts';
import { serviceClass } from '../frame/colors.ts';
import { followPointer } from '../frame/drag.ts';
import { isSystemDark, size, theme } from '../frame/preferences.ts';
import { rows } from './state.ts';
import { range, wholeUs, zoomTo } from './zoom.ts';

/** The whole trace in a strip, whatever range is visible. Dragging chooses a range. */
export function Overview() {
  const strip = useRef<HTMLDivElement>(null);
  const dragged = useSignal<readonly [number, number] | undefined>(undefined);
  const whole = wholeUs.value;
  const { fromUs, toUs } = range.value;
  const timeAt = ({ clientX }: PointerEvent) => {
    const { left, width } = strip.current!.getBoundingClientRect();
    return Math.min(1, Math.max(0, (clientX - left) / width)) * wholeUs.value;
  };
  const start = (event: PointerEvent) => {
    if (event.button !== 0 || (event.target as HTMLElement).closest('.handle')) return;
    strip.current!.setPointerCapture(event.pointerId);
    dragged.value = [timeAt(event), timeAt(event)];
  };
  const move = (event: PointerEvent) => {
    if (dragged.value) dragged.value = [dragged.value[0], timeAt(event)];
  };
  const end = () => {
    const [from = 0, to = 0] = dragged.value?.toSorted((a, b) => a - b) ?? [];
    dragged.value = undefined;
    if (to - from > 0.003 * whole) zoomTo({ fromUs: from, toUs: to });
  };
  const [left, right] = (dragged.value ?? [fromUs, toUs])
    .map((us) => (us / whole) * 100)
    .toSorted((a, b) => a - b);
  return (
    <div
      class="overview"
      ref={strip}
      onPointerDown={start}
      onPointerMove={move}
      onPointerUp={end}
      onPointerCancel={() => (dragged.value = undefined)}
      onDblClick={() => zoomTo(undefined)}
      title="Drag to select a time range; double-click to show the whole trace"
    >
      <Picture />
      <span class="outside" style={{ left: 0, width: `${left}%` }} />
      <span class="outside" style={{ left: `${right}%`, right: 0 }} />
      <Handle
        name="Start of the time range"
        at={fromUs}
        move={(us) => zoomTo({ fromUs: Math.min(us, range.value.toUs - 1), toUs: range.value.toUs })}
        timeAt={timeAt}
      />
      <Handle
        name="End of the time range"
        at={toUs}
        move={(us) => zoomTo({ fromUs: range.value.fromUs, toUs: Math.max(us, range.value.fromUs + 1) })}
        timeAt={timeAt}
      />
    </div>
  );
}

function Handle({
  name,
  at,
  move,
  timeAt,
}: {
  name: string;
  at: number;
  move: (us: number) => void;
  timeAt: (event: PointerEvent) => number;
}) {
  const whole = wholeUs.value;
  const drag = (event: PointerEvent) => {
    event.stopPropagation();
    followPointer(event, (moved) => move(timeAt(moved)));
  };
  const step = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowLeft: -0.01,
      ArrowRight: 0.01,
      PageDown: -0.1,
      PageUp: 0.1,
      Home: -1,
      End: 1,
    };
    const by = steps[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    move(Math.min(whole, Math.max(0, at + by * whole)));
  };
  return (
    <span
      class="handle"
      role="slider"
      tabIndex={0}
      aria-label={name}
      aria-valuemin={0}
      aria-valuemax={whole}
      aria-valuenow={Math.round(at)}
      aria-valuetext={formatDuration(at)}
      style={{ left: `${(at / whole) * 100}%` }}
      onPointerDown={drag}
      onKeyDown={step}
    />
  );
}

/** All bars on a canvas, with gaps and errors drawn above the rest. */
function Picture() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const all = rows.value;
  const whole = wholeUs.value;
  // When these change, so do the colors or the size.
  const look = `${theme.value} ${isSystemDark.value} ${size.value}`;

  useLayoutEffect(() => {
    const element = canvas.current!;
    const resizing = new ResizeObserver(() => drawPicture(element, all, whole));
    resizing.observe(element);
    return () => resizing.disconnect();
  }, [all, whole, look]);
  return <canvas ref={canvas} aria-hidden="true" />;
}

function drawPicture(canvas: HTMLCanvasElement, all: typeof rows.value, whole: number): void {
  const context = canvas.getContext('2d')!;
  const ratio = devicePixelRatio;
  const width = Math.round(canvas.clientWidth * ratio);
  const height = Math.round(canvas.clientHeight * ratio);
  canvas.width = width;
  canvas.height = height;
  const line = height / Math.max(all.length, 1);
  const thick = Math.max(1, Math.min(line * 0.7, 8 * ratio));
  const colors = colorsOf(canvas, all);
  const place = ({ offsetUs, durationUs }: (typeof all)[number], index: number) => {
    const left = (offsetUs / whole) * width;
    const bar = Math.max(ratio, (Math.max(0, durationUs) / whole) * width);
    return [left, index * line + (line - thick) / 2, bar, thick] as const;
  };
  for (const [index, row] of all.entries()) {
    context.fillStyle = colors.services.get(row.span.service)!;
    context.fillRect(...place(row, index));
  }
  for (const [index, row] of all.entries()) {
    if (!row.span.error && row.gaps.length === 0) continue;
    const [, top] = place(row, index);
    context.fillStyle = row.span.error ? colors.error : colors.gap;
    const intervals = row.span.error ? [row] : row.gaps;
    for (const { offsetUs, durationUs } of intervals) {
      const left = (offsetUs / whole) * width;
      context.fillRect(left, top, Math.max(2 * ratio, (Math.max(0, durationUs) / whole) * width), thick);
    }
  }
}

/** Reads the colors from the styles, because only they know the theme. */
function colorsOf(canvas: HTMLElement, all: typeof rows.value) {
  const sample = document.createElement('span');
  canvas.after(sample);
  const colorOf = (className: string) => {
    sample.className = `color-sample ${className}`;
    return getComputedStyle(sample).backgroundColor;
  };
  const services = new Map<string, string>();
  for (const { span } of all) {
    if (!services.has(span.service)) services.set(span.service, colorOf(serviceClass(span.service)));
  }
  const colors = { services, error: colorOf('error'), gap: colorOf('gap') };
  sample.remove();
  return colors;
}
