import type { FilterStep } from '../../trace/page-data.ts';
import { counted, grouped } from '../../trace/numbers.ts';
import { describeLookback } from '../../trace/search/lookback.ts';
import { emptyQuery, type SearchQuery } from '../../trace/search/query.ts';
import { response, query, searchFor } from './state.ts';

/** What to do when there is nothing to show. */
export function Empty() {
  const { kept, left } = response.value!;
  return kept === 0 ? <NoTraces /> : <NoMatches kept={kept} steps={left ?? []} />;
}

function NoTraces() {
  return (
    <div class="empty-view">
      <h2>No trace has arrived yet</h2>
      <p>Make a call that is traced; its trace appears here by itself, a moment after the call has ended:</p>
      <pre>
        <code>npx tsx run.ts</code>
      </pre>
      <p>
        A service of your own sends its spans here with OTLP over gRPC to <code>http://localhost:4317</code>{' '}
        or over HTTP to <code>http://localhost:4318/v1/traces</code>. Without a <code>tracing.ts</code> it
        sends none: that is what step 2 adds.
      </p>
    </div>
  );
}

function NoMatches({ kept, steps }: { kept: number; steps: readonly FilterStep[] }) {
  const blocking = steps.find(({ traces }) => traces === 0);
  return (
    <div class="empty-view">
      <h2>No trace matches all of this</h2>
      <p>
        {counted(kept, 'trace')} {kept === 1 ? 'is' : 'are'} kept. What each filter leaves of{' '}
        {kept === 1 ? 'it' : 'them'}:
      </p>
      <ol class="filter-steps">
        {steps.map(({ filter, traces }, index) => {
          const before = steps[index - 1]?.traces ?? kept;
          return (
            <li key={filter} class={filter === blocking?.filter ? 'guilty' : ''}>
              <span class="filter">{wordsFor(filter, query.value)}</span>
              <span class="number">{grouped(traces)}</span>
              <span class="excluded">
                {before === traces ? 'excludes none' : `excludes ${grouped(before - traces)}`}
              </span>
              {filter === blocking?.filter && (
                <button
                  type="button"
                  class="button"
                  onClick={() => searchFor(without(filter, query.value))}
                >
                  Search without it
                </button>
              )}
            </li>
          );
        })}
      </ol>
    </div>
  );
}

function wordsFor(filter: FilterStep['filter'], asked: SearchQuery): string {
  const isCustom = asked.start !== '' || asked.end !== '';
  const words: Record<FilterStep['filter'], string> = {
    time: `begins within ${isCustom ? 'the time chosen' : describeLookback(asked.lookback)}`,
    service: `has a span of ${asked.service}`,
    operation: `has a span ${asked.operation}${asked.service && ' of it'}`,
    duration: `which takes ${[asked.minDuration && `at least ${asked.minDuration}`, asked.maxDuration && `at most ${asked.maxDuration}`].filter(Boolean).join(' and ')}`,
    tags: `and has ${asked.tags}`,
  };
  return words[filter];
}

function without(filter: FilterStep['filter'], asked: SearchQuery): SearchQuery {
  const names: Record<FilterStep['filter'], (keyof SearchQuery)[]> = {
    time: ['lookback', 'start', 'end'],
    service: ['service', 'operation'],
    operation: ['operation'],
    duration: ['minDuration', 'maxDuration'],
    tags: ['tags'],
  };
  return { ...asked, ...Object.fromEntries(names[filter].map((name) => [name, emptyQuery[name]])) };
}
