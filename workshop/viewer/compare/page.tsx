import { batch, effect, signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { TraceResponse } from '../../trace/page-data.ts';
import { fromColumns } from '../../trace/columns.ts';
import { formatDuration } from '../../trace/duration.ts';
import { counted } from '../../trace/numbers.ts';
import type { Waterfall } from '../../trace/waterfall.ts';
import { setServices, serviceClass } from '../frame/colors.ts';
import { drawPage } from '../frame/frame.tsx';
import { traceIdFrom, traceUrl } from '../../trace/ids.ts';
import { addIdDigits, shownId } from '../frame/short-ids.ts';
import { bindKeys } from '../frame/keys.tsx';
import { poll, type Update } from '../frame/live.ts';
import { clockTime } from '../frame/times.ts';
import {
  traceA,
  traceB,
  comparison,
  counts,
  hasOwnScales,
  onlyVerdict,
  verdicts,
  verdictSigns,
  waterfallA,
  waterfallB,
} from './state.ts';
import { ComparisonTable } from './table.tsx';
import { difference } from './words.ts';

const [idA, idB] = decodeURIComponent(location.pathname.split('/')[2] ?? '')
  .split('...')
  .map(traceIdFrom);
const isValid = idA !== undefined && idB !== undefined;

/** The last response for each trace; undefined before the first. */
const responseA = signal<Update<TraceResponse> | undefined>(undefined);
const responseB = signal<Update<TraceResponse> | undefined>(undefined);

function ComparePage() {
  if (!isValid) {
    return (
      <Message title="These traces can't be compared">
        The URL of a comparison is /compare/ followed by two trace ids with three dots between them.
      </Message>
    );
  }
  const before = waterfallA.value;
  const after = waterfallB.value;
  if (!before || !after) {
    const responses = [responseA.value, responseB.value];
    const problem = responses.map((each) => each?.problem).find(Boolean);
    if (problem) return <Message title="These traces can't be loaded">{problem}</Message>;
    if (responses.includes(undefined)) return <div class="skeleton" aria-busy="true" />;
    const missing = [!before && idA, !after && idB].filter(Boolean).map((id) => shownId(String(id)));
    return (
      <Message title={missing.length > 1 ? 'Both traces are missing' : 'One trace is missing'}>
        No spans of {missing.join(' or ')} have arrived. The comparison appears as soon as they do.
      </Message>
    );
  }
  return (
    <>
      <h1 class="verdict-line">
        <span class="number">{formatDuration(before.durationUs, after.durationUs)}</span>
        <span aria-hidden="true"> → </span>
        <span class="hidden-text">became</span>
        <span class="number">{formatDuration(after.durationUs, before.durationUs)}</span>
        <span class="by"> {difference(before.durationUs, after.durationUs)}</span>
      </h1>
      <div class="sides">
        <Side name="A" id={idA} of={before} />
        <a class="button swap" href={`/compare/${idB}...${idA}`} title="Swap A and B (r)">
          ⇄ <span class="hidden-text">Swap A and B</span>
        </a>
        <Side name="B" id={idB} of={after} />
      </div>
      <div class="toolbar strip">
        <div class="services strip" role="group" aria-label="Show only these spans">
          {verdicts.map((verdict) => (
            <button
              key={verdict}
              type="button"
              class={`chip ${verdict}`}
              aria-pressed={onlyVerdict.value === verdict}
              disabled={counts.value[verdict] === 0}
              onClick={() => (onlyVerdict.value = onlyVerdict.value === verdict ? undefined : verdict)}
            >
              <span class="sign" aria-hidden="true">
                {verdictSigns[verdict]}
              </span>{' '}
              {verdict} <small>{counts.value[verdict]}</small>
            </button>
          ))}
        </div>
        <p class="legend">
          <span class="sample a" aria-hidden="true" /> A <span class="sample b" aria-hidden="true" /> B
        </p>
        <label class="check">
          <input
            type="checkbox"
            checked={hasOwnScales.value}
            onChange={({ currentTarget }) => (hasOwnScales.value = currentTarget.checked)}
          />
          separate scales
        </label>
      </div>
      {comparison.value.length > 0 && <ComparisonTable />}
    </>
  );
}

function Side({
  name,
  id,
  of: { rows, startUs, durationUs, errorCount },
}: {
  name: string;
  id: string;
  of: Waterfall;
}) {
  const root = rows[0]?.span;
  if (!root) return null;
  return (
    <section class={`side ${serviceClass(root.service)}`} aria-label={`Trace ${name}`}>
      <span class="letter">{name}</span>
      <div>
        <p class="side-name">
          <a href={traceUrl(id)}>
            <bdi>{root.name}</bdi>
          </a>{' '}
          <bdi class="service">{root.service}</bdi>
        </p>
        <p class="side-facts">
          <strong>{formatDuration(durationUs)}</strong> · {clockTime(startUs)} ·{' '}
          {counted(rows.length, 'span')} ·{' '}
          {errorCount > 0 ? <span class="failed">{counted(errorCount, 'error')}</span> : 'no errors'} ·{' '}
          <code>{shownId(id)}</code>
        </p>
      </div>
    </section>
  );
}

function Message({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <div class="empty-view">
      <h1>{title}</h1>
      <p>{children}</p>
      <p>
        <a class="button" href="/search">
          Choose two traces
        </a>
      </p>
    </div>
  );
}

function start(id: string, side: typeof traceA, responses: typeof responseA): void {
  poll<TraceResponse>(
    () => `/viewer/trace/${id}`,
    (response) => {
      batch(() => {
        responses.value = response;
        if (!response.data) return;
        addIdDigits(response.data.idDigits);
        side.value = fromColumns(response.data.trace);
        const onPage = [traceA.value, traceB.value].flatMap((trace) => trace?.spans ?? []);
        setServices(
          response.data.services,
          onPage.map(({ service }) => service),
        );
      });
    },
  );
}

if (isValid) {
  start(idA, traceA, responseA);
  start(idB, traceB, responseB);
  bindKeys(
    {
      keys: ['o'],
      description: 'scale each trace separately',
      run: () => (hasOwnScales.value = !hasOwnScales.value),
    },
    {
      keys: ['r'],
      description: 'swap A and B',
      run: () => location.assign(`/compare/${idB}...${idA}`),
    },
  );
  effect(() => {
    const name = waterfallB.value?.rows[0]?.span.name;
    if (name) document.title = `Compare ${name}: ${shownId(idA)} with ${shownId(idB)}`;
  });
}
drawPage(<ComparePage />);
