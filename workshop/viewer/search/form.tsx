import type { TargetedEvent } from 'preact';
import { customTime, type Fields } from './fields.ts';
import { lookbacks, describeLookback } from '../../trace/search/lookback.ts';
import { emptyQuery } from '../../trace/search/query.ts';
import { response, queryErrors, fields, problem, searchFor, submit, type } from './state.ts';

/** The search form. Choosing from a menu searches at once, typing only on submit; both use all fields. */
export function SearchForm() {
  const { service, operation, tags, minDuration, maxDuration, lookback, from, to, limit } = fields.value;
  const services = withChosen(response.value?.services ?? [], service);
  const operations = withChosen(response.value?.operations ?? [], operation);
  const offered = lookback === 'custom' ? lookbacks : withChosen(lookbacks, lookback);

  return (
    <form
      class="search-form"
      role="search"
      aria-label="Traces"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      noValidate
    >
      <label>
        Service
        <select
          name="service"
          value={service}
          onChange={({ currentTarget }) => submit({ service: currentTarget.value, operation: '' })}
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
          onChange={({ currentTarget }) => submit({ operation: currentTarget.value })}
        >
          <option value="">{service === '' && operation === '' ? 'choose a service first' : 'any'}</option>
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
          value={tags}
          onInput={typed}
          placeholder='error=true http.route="/bands/:id"'
          spellcheck={false}
          autocomplete="off"
          aria-invalid={queryErrors.value.tags !== undefined}
          aria-describedby="search-problem"
        />
      </label>
      <label class="short">
        Min duration
        <input
          name="minDuration"
          value={minDuration}
          onInput={typed}
          aria-invalid={queryErrors.value.minDuration !== undefined}
          placeholder="100ms"
          autocomplete="off"
          aria-describedby="search-problem"
        />
      </label>
      <label class="short">
        Max duration
        <input
          name="maxDuration"
          value={maxDuration}
          onInput={typed}
          aria-invalid={queryErrors.value.maxDuration !== undefined}
          placeholder="5s"
          autocomplete="off"
          aria-describedby="search-problem"
        />
      </label>
      <label>
        Lookback
        <select
          name="lookback"
          value={lookback}
          onChange={({ currentTarget: { value } }) =>
            submit(value === 'custom' ? customTime() : { lookback: value })
          }
        >
          <option value="">{describeLookback('')}</option>
          {offered.map((each) => (
            <option key={each} value={each}>
              {describeLookback(each)}
            </option>
          ))}
          <option value="custom">custom time range</option>
        </select>
      </label>
      {lookback === 'custom' && (
        <>
          <label>
            From
            <input type="datetime-local" step="1" name="from" value={from} onInput={typed} />
          </label>
          <label>
            To
            <input type="datetime-local" step="1" name="to" value={to} onInput={typed} />
          </label>
        </>
      )}
      <label class="short">
        Limit
        <input
          name="limit"
          type="number"
          min="1"
          max="1500"
          value={limit}
          onInput={typed}
          aria-invalid={queryErrors.value.limit !== undefined}
          aria-describedby="search-problem"
        />
      </label>
      <button class="button primary">Find traces</button>
      <button type="button" class="button" onClick={() => searchFor(emptyQuery)}>
        Reset
      </button>
      <p id="search-problem" class="problem" role="alert">
        {Object.values(queryErrors.value).join(' ') || problem.value}
      </p>
    </form>
  );
}

function typed({ currentTarget: { name, value } }: TargetedEvent<HTMLInputElement>): void {
  type(name as keyof Fields, value);
}

/** Adds the chosen name to the list if the backend doesn't know it. */
function withChosen(names: readonly string[], chosen: string): readonly string[] {
  return chosen === '' || names.includes(chosen) ? names : [...names, chosen];
}
