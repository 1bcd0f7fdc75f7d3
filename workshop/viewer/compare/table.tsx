import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { ComparisonRow } from '../../trace/compare.ts';
import { counted, grouped } from '../../trace/numbers.ts';
import { ticksOf } from '../../trace/ticks.ts';
import { serviceClass } from '../frame/colors.ts';
import { useMeasure } from '../frame/resizing.ts';
import { traceUrl } from '../../trace/ids.ts';
import { textMeter } from '../frame/measure.ts';
import { Button } from '../frame/button.tsx';
import { format, hasOwnScales, scales, shown, verdictSigns } from './state.ts';
import { signed } from './words.ts';

/** How many rows are added at a time. */
const ROWS_PER_STEP = 500;
/** Levels deeper than this aren't indented any further. */
const MAX_INDENT = 10;

/** Both traces as one table: the durations of each span in both, and the two waterfalls in one lane. */
export function ComparisonTable() {
  const most = useSignal(ROWS_PER_STEP);
  const all = shown.value;
  return (
    <>
      <table class="comparison">
        <thead>
          <tr>
            <th scope="col">Span</th>
            {['A', 'B', 'Difference'].map((name) => (
              <th key={name} scope="col" class="number">
                {name}
              </th>
            ))}
            <th scope="col" class="both">
              <Ruler untilUs={hasOwnScales.value ? undefined : scales.value.a} />
            </th>
          </tr>
        </thead>
        <tbody>
          {all.slice(0, most.value).map((row) => (
            <Line key={keyOf(row)} row={row} />
          ))}
        </tbody>
      </table>
      {all.length > most.value && (
        <p>
          <span class="paper-only">… {counted(all.length - most.value, 'more span')} on the page.</span>
          <Button onClick={() => (most.value += ROWS_PER_STEP)}>
            Show {counted(Math.min(ROWS_PER_STEP, all.length - most.value), 'more span')} of{' '}
            {grouped(all.length)}
          </Button>
        </p>
      )}
    </>
  );
}

function keyOf({ a, b }: ComparisonRow): string {
  return `${a?.span.spanId ?? ''} ${b?.span.spanId ?? ''}`;
}

function Line({ row: { service, name, depth, a, b, verdict, deltaUs } }: { row: ComparisonRow }) {
  return (
    <tr class={`${serviceClass(service)} ${verdict}`}>
      <th scope="row">
        <span class="indent" style={{ '--levels': String(Math.min(depth, MAX_INDENT)) }} />
        <span class="what">
          <bdi class="name cut">{name}</bdi>
          <span class="second-line">
            <span class="service-of">
              <span class="swatch" aria-hidden="true" />
              <bdi class="cut">{service}</bdi>
            </span>
          </span>
        </span>
      </th>
      <Duration column="A" of={a} />
      <Duration column="B" of={b} />
      <td class="number verdict" data-column="Difference">
        <span class="sign" aria-hidden="true">
          {verdictSigns[verdict]}
        </span>{' '}
        {verdict === 'new' || verdict === 'gone' ? verdict : signed(deltaUs, format.value)}
        <span class="hidden-text"> ({verdict})</span>
      </td>
      <td class="both">
        <span class="lane" aria-hidden="true">
          {a && <Bar of={a} which="a" />}
          {b && <Bar of={b} which="b" />}
        </span>
      </td>
    </tr>
  );
}

type Side = ComparisonRow['a'];

function Duration({ column, of: row }: { column: 'A' | 'B'; of: Side }) {
  if (!row) {
    return (
      <td class="number muted" data-column={column}>
        –
      </td>
    );
  }
  const { span } = row;
  return (
    <td class="number" data-column={column}>
      <a href={traceUrl(span.traceId, span.spanId)}>{format.value(row.durationUs)}</a>
      {span.error && (
        <span class="error-sign" title="error">
          <span class="hidden-text"> error</span>
        </span>
      )}
    </td>
  );
}

function Bar({ of: row, which }: { of: NonNullable<Side>; which: 'a' | 'b' }) {
  const scaleUs = scales.value[which];
  const left = (row.offsetUs / scaleUs) * 100;
  const width = (Math.max(0, row.durationUs) / scaleUs) * 100;
  return (
    <>
      <span class={`bar ${which}`} style={{ left: `${left}%`, width: `max(3px, ${width}%)` }} />
      {row.gaps.map(({ offsetUs, durationUs }) => (
        <span
          class={`gap ${which}`}
          key={offsetUs}
          style={{ left: `${(offsetUs / scaleUs) * 100}%`, width: `${(durationUs / scaleUs) * 100}%` }}
        />
      ))}
    </>
  );
}

/** The room for each tick in em, so that its label fits to the right of it. */
const TICK_EM = 8;

function Ruler({ untilUs }: { untilUs: number | undefined }) {
  const ruler = useRef<HTMLSpanElement>(null);
  const measured = useSignal({ widthPx: 0, emPx: 16, widthOf: (text: string) => text.length * 8 });
  useMeasure(ruler, () => {
    const element = ruler.current!;
    const emPx = Number.parseFloat(getComputedStyle(element).fontSize);
    measured.value = { widthPx: element.clientWidth, emPx, widthOf: textMeter(element) };
  });
  const { widthPx, emPx, widthOf } = measured.value;
  const room = Math.max(1, Math.floor(widthPx / (TICK_EM * emPx)));
  const hasRoom = (share: number, text: string) => share * widthPx + widthOf(text) + emPx <= widthPx;
  return (
    <span class="ruler" ref={ruler}>
      <span class="hidden-text">Time</span>
      {untilUs === undefined
        ? 'separate scales'
        : ticksOf(0, untilUs, Math.min(8, room))
            .map(({ us, text }) => ({ share: us / untilUs, text }))
            .filter(({ share, text }) => hasRoom(share, text))
            .map(({ share, text }) => (
              <span class="tick" key={share} style={{ left: `${share * 100}%` }} aria-hidden="true">
                {text}
              </span>
            ))}
    </span>
  );
}
