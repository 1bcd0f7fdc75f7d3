import { signal, useComputed, useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { ServiceGraphResponse } from '../../trace/page-data.ts';
import { counted, grouped, percent } from '../../trace/numbers.ts';
import { setServices, serviceClass } from '../frame/colors.ts';
import { drawPage } from '../frame/frame.tsx';
import { poll } from '../frame/live.ts';
import { textMeter } from '../frame/measure.ts';
import { size } from '../frame/preferences.ts';
import { drawingOf, edgeLabel, pathThrough, shortName, type Measures } from './layout.ts';

const response = signal<ServiceGraphResponse | undefined>(undefined);
const problem = signal('');
/** The service whose calls are highlighted because it has the pointer or the focus. */
const highlighted = signal('');

function ServiceGraphPage() {
  if (problem.value) return <p class="empty-view">{problem}</p>;
  if (!response.value) return null;
  if (response.value.services.length === 0) {
    return (
      <div class="empty-view">
        <h1>No service has sent a span yet</h1>
        <p>Make a traced call, and the service graph appears here:</p>
        <pre>
          <code>npx tsx run.ts</code>
        </pre>
      </div>
    );
  }
  return (
    <>
      <h1>Service graph</h1>
      <p class="lead">Which service calls which, in all traces. Choose a service to see its traces.</p>
      <ServiceGraph data={response.value} />
      <Calls data={response.value} />
    </>
  );
}

function ServiceGraph({ data }: { data: ServiceGraphResponse }) {
  const figure = useRef<HTMLDivElement>(null);
  const measures = useSignal<Measures | undefined>(undefined);
  useLayoutEffect(() => {
    const measure = () => {
      const element = figure.current!;
      const em = Number.parseFloat(getComputedStyle(element).fontSize);
      const widthOf = textMeter(element);
      measures.value = {
        em,
        nodeWidth: (name) => Math.max(7 * em, widthOf(name) * 1.1 + 3 * em),
        edgeWidth: (label) => widthOf(label) * 0.9 + em,
        direction: element.clientWidth < 45 * em ? 'TB' : 'LR',
      };
    };
    measure();
    const resizing = new ResizeObserver(measure);
    resizing.observe(figure.current!);
    return () => resizing.disconnect();
  }, [size.value]);
  const drawing = useComputed(
    () => measures.value && response.value && drawingOf(response.value, measures.value),
  );
  const { width = 0, height = 0, nodes = [], edges = [] } = drawing.value ?? {};
  const mostCalls = Math.max(1, ...edges.map(({ calls }) => calls));
  const em = measures.value?.em ?? 16;
  return (
    <div
      class="graph"
      ref={figure}
      tabIndex={0}
      role="group"
      aria-label={`${counted(data.services.length, 'service')}and the calls between them`}
    >
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
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
        {edges.map(({ parent, child, calls, errors, points, x, y, labelWidth }) => (
          <g
            key={`${parent} ${child}`}
            class={`edge ${errors > 0 ? 'error' : ''} ${isDimmed(parent, child) ? 'dimmed' : ''}`}
          >
            <path
              d={pathThrough(points)}
              stroke-width={1.5 + 2.5 * (Math.log(1 + calls) / Math.log(1 + mostCalls))}
              marker-end="url(#arrow)"
            />
            <rect x={x - labelWidth / 2} y={y - 0.65 * em} width={labelWidth} height={1.3 * em} />
            <text x={x} y={y}>
              {edgeLabel({ calls, errors })}
            </text>
          </g>
        ))}
        {nodes.map(({ name, spans, x, y, width: wide, height: high }) => (
          <a
            key={name}
            href={`/search?service=${encodeURIComponent(name)}`}
            class={`node ${serviceClass(name)} ${isDimmed(name, ...neighbors(data, name)) ? 'dimmed' : ''}`}
            onPointerEnter={() => (highlighted.value = name)}
            onPointerLeave={() => (highlighted.value = '')}
            onFocus={() => (highlighted.value = name)}
            onBlur={() => (highlighted.value = '')}
          >
            <rect x={x - wide / 2} y={y - high / 2} width={wide} height={high} rx={0.4 * em} />
            <rect
              class="stripe"
              x={x - wide / 2}
              y={y - high / 2}
              width={0.5 * em}
              height={high}
              rx={0.2 * em}
            />
            <line
              class="cuts"
              x1={x - wide / 2 + 0.25 * em}
              x2={x - wide / 2 + 0.25 * em}
              y1={y - high / 2 + 0.4 * em}
              y2={y + high / 2 - 0.4 * em}
              stroke-width={0.5 * em}
            />
            <text class="name" x={x + 0.25 * em} y={y - 0.45 * em}>
              {shortName(name)}
            </text>{' '}
            <text class="spans" x={x + 0.25 * em} y={y + 0.85 * em}>
              {counted(spans, 'span')}
            </text>
          </a>
        ))}
      </svg>
    </div>
  );
}

/** Whether a service other than these is highlighted. */
function isDimmed(...names: string[]): boolean {
  return highlighted.value !== '' && !names.includes(highlighted.value);
}

function neighbors({ calls }: ServiceGraphResponse, name: string): string[] {
  return calls.flatMap(({ parent, child }) => (parent === name ? [child] : child === name ? [parent] : []));
}

function Calls({ data: { calls } }: { data: ServiceGraphResponse }) {
  if (calls.length === 0)
    return <p class="lead">No calls between services yet, or one of the two services is not traced.</p>;
  return (
    <div class="table-scroll" role="region" aria-label="Table of calls" tabIndex={0}>
      <table class="calls">
        <thead>
          <tr>
            <th scope="col">Caller</th>
            <th scope="col">Callee</th>
            <th scope="col" class="number">
              Calls
            </th>
            <th scope="col" class="number">
              Errors
            </th>
          </tr>
        </thead>
        <tbody>
          {calls
            .toSorted((a, b) => b.calls - a.calls)
            .map(({ parent, child, calls: count, errors }) => (
              <tr key={`${parent} ${child}`}>
                <td class={serviceClass(parent)}>
                  <span class="swatch" aria-hidden="true" /> <bdi>{parent}</bdi>
                </td>
                <td class={serviceClass(child)}>
                  <span class="swatch" aria-hidden="true" /> <bdi>{child}</bdi>
                </td>
                <td class="number">{grouped(count)}</td>
                <td class={errors > 0 ? 'number failed' : 'number'}>
                  {errors === 0 ? 'none' : `${grouped(errors)} (${percent(errors, count)})`}
                </td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}

poll<ServiceGraphResponse>(
  () => '/viewer/dependencies',
  (next) => {
    if ('problem' in next) problem.value = next.problem;
    else if (next.data) {
      problem.value = '';
      setServices(next.data.services.map(({ name }) => name));
      response.value = next.data;
    }
  },
);
drawPage(<ServiceGraphPage />);
