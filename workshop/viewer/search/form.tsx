import { useComputed, useSignal } from '@preact/signals';
import { emptyQuery, lookbackNames, lookbacks, type SearchQuery } from './query.ts';
import { answer, problem, query, search } from './state.ts';
import { parseTags } from './tags.ts';

/** What to search for. A choice counts at once, what is typed when it is finished. */
export function SearchForm() {
  const typed = useSignal('');
  const tagsProblem = useComputed(() => {
    const parsed = parseTags(typed.value);
    return 'problem' in parsed ? parsed.problem : '';
  });
  const { service, operation, tags, minDuration, maxDuration, lookback, start, limit } = query.value;
  const services = withChosen(answer.value?.services ?? [], service);
  const operations = withChosen(answer.value?.operations ?? [], operation);
  const isCustom = start !== '' || query.value.end !== '';

  const submit = (event: Event) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string) => String(fields.get(name) ?? '').trim();
    typed.value = text('tags');
    if (tagsProblem.value !== '') return;
    change({
      tags: text('tags'),
      minDuration: text('minDuration'),
      maxDuration: text('maxDuration'),
      limit: text('limit') || emptyQuery.limit,
      ...(isCustom && { start: microseconds(text('start')), end: microseconds(text('end')) }),
    });
  };

  return (
    <form
      class="search-form"
      role="search"
      aria-label="Traces"
      onSubmit={submit}
      noValidate
      key={JSON.stringify(query.value)}
    >
      <label>
        Service
        <select
          name="service"
          value={service}
          onChange={({ currentTarget }) => change({ service: currentTarget.value, operation: '' })}
        >
          <option value="">any</option>
          {services.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        Operation
        <select
          name="operation"
          value={operation}
          disabled={service === ''}
          onChange={({ currentTarget }) => change({ operation: currentTarget.value })}
        >
          <option value="">{service === '' ? 'of a service' : 'any'}</option>
          {operations.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label class="wide">
        Tags
        <input
          name="tags"
          defaultValue={tags}
          placeholder='error=true http.route="/bands/:id"'
          spellcheck={false}
          autocomplete="off"
          aria-invalid={tagsProblem.value !== ''}
          aria-describedby="search-problem"
        />
      </label>
      <label class="short">
        At least
        <input
          name="minDuration"
          defaultValue={minDuration}
          placeholder="1.2s, 100ms"
          autocomplete="off"
          aria-describedby="search-problem"
        />
      </label>
      <label class="short">
        At most
        <input
          name="maxDuration"
          defaultValue={maxDuration}
          placeholder="5s"
          autocomplete="off"
          aria-describedby="search-problem"
        />
      </label>
      <label>
        Look back
        <select
          name="lookback"
          value={isCustom ? 'custom' : lookback}
          onChange={({ currentTarget }) => change(timeOf(currentTarget.value))}
        >
          <option value="">{lookbackNames['']}</option>
          {lookbacks.map((name) => (
            <option key={name} value={name}>
              {lookbackNames[name]}
            </option>
          ))}
          <option value="custom">{lookbackNames['custom']}</option>
        </select>
      </label>
      {isCustom && (
        <>
          <label>
            From
            <input type="datetime-local" step="1" name="start" defaultValue={localTime(start)} />
          </label>
          <label>
            To
            <input type="datetime-local" step="1" name="end" defaultValue={localTime(query.value.end)} />
          </label>
        </>
      )}
      <label class="short">
        Limit
        <input name="limit" type="number" min="1" max="1500" defaultValue={limit} />
      </label>
      <button class="button primary">Find traces</button>
      {JSON.stringify(query.value) !== JSON.stringify(emptyQuery) && (
        <button type="button" class="button" onClick={() => search(emptyQuery)}>
          Reset
        </button>
      )}
      <p id="search-problem" class="problem" role="alert">
        {tagsProblem.value || problem.value}
      </p>
    </form>
  );
}

function change(changed: Partial<SearchQuery>): void {
  search({ ...query.value, ...changed });
}

/** What was chosen stays in the list even when the backend has not heard of it. */
function withChosen(names: readonly string[], chosen: string): readonly string[] {
  return chosen === '' || names.includes(chosen) ? names : [...names, chosen].toSorted();
}

const HOUR_US = 3.6e9;

function timeOf(choice: string): Partial<SearchQuery> {
  if (choice !== 'custom') return { lookback: choice, start: '', end: '' };
  const nowUs = Math.ceil(Date.now() / 1_000) * 1e6;
  return { lookback: '', start: String(nowUs - HOUR_US), end: String(nowUs) };
}

/** µs since 1970 as a field for local times has it: 2026-11-21T10:29:00. */
function localTime(us: string): string {
  if (us === '') return '';
  const time = new Date(Number(us) / 1_000);
  if (Number.isNaN(time.valueOf())) return '';
  return new Date(time.valueOf() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

function microseconds(local: string): string {
  const time = new Date(local).valueOf();
  return Number.isNaN(time) ? '' : String(time * 1_000);
}
