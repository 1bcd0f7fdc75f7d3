import type { TargetedEvent } from 'preact';
import { customTime, type Fields } from './fields.ts';
import { lookbacks, describeLookback } from '../../trace/search/lookback.ts';
import { emptyQuery } from '../../trace/search/query.ts';
import { Menu } from '../frame/menu.tsx';
import { Button } from '../frame/button.tsx';
import { response, queryErrors, fields, problem, searchFor, submit, type } from './state.ts';

/** The search form. Choosing from a menu searches at once, typing only on submit; both use all fields. */
export function SearchForm() {
  const { service, operation, tags, lookback, from, to, limit } = fields.value;
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
      <Menu
        label="Service"
        name="service"
        value={service}
        options={response.value?.services ?? []}
        onChoose={(chosen) => submit({ service: chosen, operation: '' })}
      />
      <Menu
        label="Operation"
        name="operation"
        value={operation}
        options={response.value?.operations ?? []}
        none={service === '' && operation === '' ? 'choose a service first' : 'any'}
        onChoose={(chosen) => submit({ operation: chosen })}
      />
      <label class="wide">
        Attributes
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
      <Duration label="Min duration" name="minDuration" placeholder="100ms" />
      <Duration label="Max duration" name="maxDuration" placeholder="5s" />
      <Menu
        label="Lookback"
        name="lookback"
        value={lookback}
        options={[...lookbacks, 'custom']}
        none={describeLookback('')}
        textOf={(each) => (each === 'custom' ? 'custom time range' : describeLookback(each))}
        onChoose={(chosen) => submit(chosen === 'custom' ? customTime() : { lookback: chosen })}
      />
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
      <Button type="submit" class="primary">
        Find traces
      </Button>
      <Button onClick={() => searchFor(emptyQuery)}>Reset</Button>
      <p id="search-problem" class="problem" role="alert">
        {Object.values(queryErrors.value).join(' ') || problem.value}
      </p>
    </form>
  );
}

function Duration(props: { label: string; name: 'minDuration' | 'maxDuration'; placeholder: string }) {
  const { label, name, placeholder } = props;
  return (
    <label class="short">
      {label}
      <input
        name={name}
        value={fields.value[name]}
        onInput={typed}
        aria-invalid={queryErrors.value[name] !== undefined}
        placeholder={placeholder}
        autocomplete="off"
        aria-describedby="search-problem"
      />
    </label>
  );
}

function typed({ currentTarget: { name, value } }: TargetedEvent<HTMLInputElement>): void {
  type(name as keyof Fields, value);
}
