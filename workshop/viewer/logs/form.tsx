import { useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { traceUrl } from '../../trace/ids.ts';
import { shownId } from '../frame/short-ids.ts';
import { severities } from '../../trace/log-record.ts';
import { anyLogSearch } from '../../trace/search/logs.ts';
import { Menu } from '../frame/menu.tsx';
import { Button } from '../frame/button.tsx';
import { problem, response, search, searchFor } from './state.ts';

/** The search form. Choosing from a menu searches at once, typing only on submit. */
export function LogForm() {
  const text = useRef<HTMLInputElement>(null);
  const { service, severity, traceId } = search.value;
  const typed = () => text.current!.value;
  // Only a search sets the text: the form is also drawn when lines arrive, while someone is typing.
  useSignalEffect(() => void (text.current!.value = search.value.text));
  return (
    <form
      class="search-form"
      role="search"
      aria-label="Log lines"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        searchFor({ text: typed() });
      }}
    >
      <Menu
        label="Service"
        name="service"
        value={service}
        options={response.value?.loggers ?? []}
        onChoose={(chosen) => searchFor({ service: chosen, text: typed() })}
      />
      <Menu
        label="Severity"
        name="severity"
        value={severity}
        options={severities}
        textOf={(each) => (each === 'fatal' ? 'fatal' : `${each} and above`)}
        onChoose={(chosen) => searchFor({ severity: chosen, text: typed() })}
      />
      <label class="wide">
        Text
        <input
          ref={text}
          type="search"
          placeholder='timeout "a phrase" key=value -without'
          spellcheck={false}
          autocomplete="off"
          aria-describedby="log-problem"
        />
      </label>
      <Button type="submit" class="primary">
        Find lines
      </Button>
      <Button onClick={() => searchFor(anyLogSearch)}>Reset</Button>
      {traceId !== '' && (
        <p class="of-trace">
          Only lines of trace{' '}
          <a href={traceUrl(traceId)}>
            <code>{shownId(traceId)}</code>
          </a>{' '}
          <Button onClick={() => searchFor({ traceId: '', text: typed() })}>Show all traces</Button>
        </p>
      )}
      <p id="log-problem" class="problem" role="alert">
        {problem}
      </p>
    </form>
  );
}
