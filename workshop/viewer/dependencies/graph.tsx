import { signal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { counted } from '../../trace/numbers.ts';
import { serviceClass } from '../frame/colors.ts';
import { followPointer } from '../frame/drag.ts';
import { textMeter } from '../frame/measure.ts';
import { useMeasure } from '../frame/resizing.ts';
import { size } from '../frame/preferences.ts';
import { type DrawnEdge, type DrawnNode, edgeLabel, pathThrough, shortName } from './layout.ts';
import { choose, chosen, drawing, measures, panBy, panTo, part, urlOf, view, zoomBy } from './state.ts';

/** The service whose calls are highlighted because it has the pointer or the focus. */
const highlighted = signal('');

/** The services as boxes, with a line for each connection. It fits its window, in which it can be zoomed and moved. */
export function ServiceGraph() {
  const figure = useRef<HTMLDivElement>(null);
  useMeasure(figure, () => {
    const element = figure.current!;
    const em = Number.parseFloat(getComputedStyle(element).fontSize);
    const widthOf = textMeter(element);
    measures.value = {
      em,
      nodeWidth: (name) => Math.max(7 * em, widthOf(name) * 1.1 + 3 * em),
      edgeWidth: (label) => widthOf(label) * 0.9 + em,
      direction: element.clientWidth < 45 * em ? 'TB' : 'LR',
    };
  }, [size.value]);

  const { width = 0, height = 0, nodes = [], edges = [] } = drawing.value ?? {};
  const mostCalls = Math.max(1, ...edges.map(({ calls }) => calls));
  const { x, y, scale } = view.value;
  return (
    <div
      class={scale > 1 ? 'graph card zoomed' : 'graph card'}
      ref={figure}
      tabIndex={0}
      role="group"
      aria-label={`${counted(nodes.length, 'service')} and the calls between them`}
      onKeyDown={panByKey}
      onWheel={zoomByWheel}
    >
      <svg viewBox={`0 0 ${width} ${height}`} style={{ maxWidth: `${width}px` }} onPointerDown={startDrag}>
        <defs>
          <marker
            id="arrow"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="8"
            markerHeight="8"
            markerUnits="userSpaceOnUse"
            orient="auto"
          >
            <path d="M0,0 L8,4 L0,8 z" />
          </marker>
        </defs>
        <g class="drawing" transform={`translate(${x} ${y}) scale(${scale})`}>
          {edges.map((edge) => (
            <Edge key={`${edge.parent} ${edge.child}`} edge={edge} mostCalls={mostCalls} />
          ))}
          {nodes.map((node) => (
            <Node key={node.name} node={node} />
          ))}
        </g>
      </svg>
    </div>
  );
}

function Edge({ edge, mostCalls }: { edge: DrawnEdge; mostCalls: number }) {
  const { parent, child, calls, errors, points, x, y, labelWidth } = edge;
  const { em } = measures.value!;
  return (
    <g class={`edge ${errors > 0 ? 'error' : ''} ${isDimmed(parent, child) ? 'dimmed' : ''}`}>
      <path
        d={pathThrough(points, drawing.value!.direction)}
        stroke-width={1.5 + 2.5 * (Math.log(1 + calls) / Math.log(1 + mostCalls))}
        marker-end="url(#arrow)"
      />
      <rect x={x - labelWidth / 2} y={y - 0.65 * em} width={labelWidth} height={1.3 * em} />
      <text x={x} y={y}>
        {edgeLabel({ calls, errors })}
      </text>
    </g>
  );
}

function Node({ node: { name, spans, x, y, width, height } }: { node: DrawnNode }) {
  const { em } = measures.value!;
  const left = x - width / 2;
  const top = y - height / 2;
  const classes = [
    `node ${serviceClass(name)}`,
    isDimmed(name, ...neighborsOf(name)) && 'dimmed',
    chosen.value === name && 'chosen',
  ];
  return (
    <a
      href={urlOf(name)}
      class={classes.filter(Boolean).join(' ')}
      aria-current={chosen.value === name ? 'true' : undefined}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        choose(name);
      }}
      onPointerEnter={() => (highlighted.value = name)}
      onPointerLeave={() => (highlighted.value = '')}
      onFocus={({ currentTarget }) => {
        highlighted.value = name;
        if (view.value.scale > 1 && currentTarget.matches(':focus-visible')) panTo({ x, y });
      }}
      onBlur={() => (highlighted.value = '')}
    >
      <title>{name}</title>
      <rect x={left} y={top} width={width} height={height} rx={0.4 * em} />
      <rect class="stripe" x={left} y={top} width={0.5 * em} height={height} rx={0.2 * em} />
      <line
        class="cuts"
        x1={left + 0.25 * em}
        x2={left + 0.25 * em}
        y1={top + 0.4 * em}
        y2={top + height - 0.4 * em}
        stroke-width={0.5 * em}
      />
      <text class="name" x={x + 0.25 * em} y={y - 0.45 * em}>
        {shortName(name)}
      </text>{' '}
      <text class="spans" x={x + 0.25 * em} y={y + 0.85 * em}>
        {counted(spans, 'span')}
      </text>
    </a>
  );
}

/** Whether a service other than these is highlighted. */
function isDimmed(...names: string[]): boolean {
  return highlighted.value !== '' && !names.includes(highlighted.value);
}

function neighborsOf(name: string): string[] {
  const { calls = [] } = part.value ?? {};
  return calls.flatMap(({ parent, child }) => (parent === name ? [child] : child === name ? [parent] : []));
}

/** How far a key moves the drawing, as a share of its size. */
const KEY_STEP = 0.1;

/** When all of the drawing is in the window, the arrow keys scroll the page. */
function panByKey(event: KeyboardEvent): void {
  const [x, y] =
    { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key] ?? [];
  if (x === undefined || y === undefined || view.value.scale === 1 || !drawing.value) return;
  event.preventDefault();
  panBy(x * KEY_STEP * drawing.value.width, y * KEY_STEP * drawing.value.height);
}

/** Zooms around the pointer, with the wheel while Ctrl or ⌘ is held or by pinching, as on the trace page. */
function zoomByWheel(event: WheelEvent): void {
  if (!event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  const matrix = (event.currentTarget as HTMLElement).querySelector('svg')!.getScreenCTM()!;
  const around = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
  zoomBy(Math.exp(-event.deltaY / 300), around);
}

/** Moves the drawing with the pointer, unless it is on a service. */
function startDrag(event: PointerEvent): void {
  if (event.button !== 0 || view.value.scale === 1 || (event.target as Element).closest('.node')) return;
  const pxPerUnit = (event.currentTarget as SVGSVGElement).getScreenCTM()!.a;
  followPointer(event, ({ movementX, movementY }) => panBy(movementX / pxPerUnit, movementY / pxPerUnit));
}
