import type { FilterStep } from '../../trace/page-data.ts';
import { counted, grouped } from '../../trace/numbers.ts';
import { describeLookback } from '../../trace/search/lookback.ts';
import { emptyQuery, type SearchQuery } from '../../trace/search/query.ts';
import { Button } from '../frame/button.tsx';
import { response, query, searchFor } from './state.ts';

/** Shown instead of the results if there are none. */
export function Empty() {
  const { kept, left } = response.value!;
  return kept === 0 ? <NoTraces /> : <NoMatches kept={kept} steps={left ?? []} />;
}

function NoTraces() {
  return (
    <div class="empty-view">
      <h2>No traces have arrived yet</h2>
      <p>Make a traced call; its trace appears here a moment after the call has ended:</p>
      <pre>
        <code>npx tsx run.ts</code>
      </pre>
      <p>
        Your own service can send spans with OTLP over gRPC to <code>http://localhost:4317</code> or over HTTP
        to <code>http://localhost:4318/v1/traces</code>. Without a <code>tracing.ts</code>, which step 2 adds,
        a service sends no spans.
      </p>
    </div>
  );
}

function NoMatches({ kept, steps }: { kept: number; steps: readonly FilterStep[] }) {
  const blocking = steps.find(({ traces }) => traces === 0);
  return (
    <div class="empty-view">
      <h2>No trace matches all filters</h2>
      <p>The backend has {counted(kept, 'trace')}. How many are left after each filter:</p>
      <ol class="filter-steps">
        {steps.map(({ filter, traces }, index) => {
          const before = steps[index - 1]?.traces ?? kept;
          return (
            <li key={filter} class={filter === blocking?.filter ? 'blocking' : ''}>
              <span class="filter">{wordsFor(filter, query.value)}</span>
              <span class="number">{grouped(traces)}</span>
              <span class="muted">
                {before === traces ? 'excludes no traces' : `excludes ${grouped(before - traces)}`}
              </span>
              {filter === blocking?.filter && (
                <Button onClick={() => searchFor(without(filter, query.value))}>Search without it</Button>
              )}
            </li>
          );
        })}
      </ol>
    </div>
  );
}

function wordsFor(filter: FilterStep['filter'], search: SearchQuery): string {
  const isCustom = search.start !== '' || search.end !== '';
  const words: Record<FilterStep['filter'], string> = {
    time: `started within ${isCustom ? 'the custom time range' : describeLookback(search.lookback)}`,
    service: `has a span of ${search.service}`,
    operation: `has a span ${search.operation}${search.service && ' of that service'}`,
    duration: `with a duration of ${[search.minDuration && `at least ${search.minDuration}`, search.maxDuration && `at most ${search.maxDuration}`].filter(Boolean).join(' and ')}`,
    tags: `with the attributes ${search.tags}`,
  };
  return words[filter];
}

function without(filter: FilterStep['filter'], search: SearchQuery): SearchQuery {
  const names: Record<FilterStep['filter'], (keyof SearchQuery)[]> = {
    time: ['lookback', 'start', 'end'],
    service: ['service', 'operation'],
    operation: ['operation'],
    duration: ['minDuration', 'maxDuration'],
    tags: ['tags'],
  };
  return { ...search, ...Object.fromEntries(names[filter].map((name) => [name, emptyQuery[name]])) };
}
