import { customTime, type Fields } from './fields.ts';
import { lookbacks, describeLookback } from '../../trace/search/lookback.ts';
import { emptyQuery } from '../../trace/search/query.ts';
import { Menu } from '../frame/menu.tsx';
import { Button } from '../frame/button.tsx';
import { response, queryErrors, fields, problem, searchFor, submit, type } from './state.ts';

/** The search form. Choosing from a menu searches at once, typing only on submit; both use all fields. */
export function SearchForm() {
  const { service, operation, lookback } = fields.value;
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
      <Field class="wide" label="Attributes" name="tags" placeholder='error=true http.route="/bands/:id"' />
      <Field class="short" label="Min duration" name="minDuration" placeholder="100ms" />
      <Field class="short" label="Max duration" name="maxDuration" placeholder="5s" />
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
          <Field label="From" name="from" type="datetime-local" step="1" />
          <Field label="To" name="to" type="datetime-local" step="1" />
        </>
      )}
      <Field class="short" label="Limit" name="limit" type="number" min="1" max="1500" />
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

/** A field to type in, with its label. */
function Field({
  class: width,
  label,
  name,
  ...others
}: {
  class?: string;
  label: string;
  name: keyof Fields;
  type?: 'number' | 'datetime-local';
  placeholder?: string;
  step?: string;
  min?: string;
  max?: string;
}) {
  return (
    <label class={width}>
      {label}
      <input
        name={name}
        value={fields.value[name]}
        onInput={({ currentTarget }) => type(name, currentTarget.value)}
        spellcheck={false}
        autocomplete="off"
        aria-invalid={name in queryErrors.value}
        aria-describedby="search-problem"
        {...others}
      />
    </label>
  );
}
