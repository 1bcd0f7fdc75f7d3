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
          const [words, names] = filtersOf(query.value)[filter];
          return (
            <li key={filter} class={filter === blocking?.filter ? 'blocking' : ''}>
              <span class="filter">{words}</span>
              <span class="number">{grouped(traces)}</span>
              <span class="muted">
                {before === traces ? 'excludes no traces' : `excludes ${grouped(before - traces)}`}
              </span>
              {filter === blocking?.filter && (
                <Button onClick={() => searchFor(without(names, query.value))}>Search without it</Button>
              )}
            </li>
          );
        })}
      </ol>
    </div>
  );
}

/** For each filter, what it asks for in words, and the fields of the query that it consists of. */
function filtersOf(search: SearchQuery): Record<FilterStep['filter'], [string, (keyof SearchQuery)[]]> {
  const { service, operation, minDuration, maxDuration, tags, lookback, start, end } = search;
  const range = start !== '' || end !== '' ? 'the custom time range' : describeLookback(lookback);
  const limits = [minDuration && `at least ${minDuration}`, maxDuration && `at most ${maxDuration}`];
  return {
    time: [`started within ${range}`, ['lookback', 'start', 'end']],
    service: [`has a span of ${service}`, ['service', 'operation']],
    operation: [`has a span ${operation}${service && ' of that service'}`, ['operation']],
    duration: [`with a duration of ${limits.filter(Boolean).join(' and ')}`, ['minDuration', 'maxDuration']],
    tags: [`with the attributes ${tags}`, ['tags']],
  };
}

function without(names: (keyof SearchQuery)[], search: SearchQuery): SearchQuery {
  return { ...search, ...Object.fromEntries(names.map((name) => [name, emptyQuery[name]])) };
}
