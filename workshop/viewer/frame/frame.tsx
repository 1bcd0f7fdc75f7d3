import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { CopyNotes } from './copy.tsx';
import { traceIdFrom, traceUrl } from './ids.ts';
import { bindKeys, isHelpOpen, KeyHelp } from './keys.tsx';
import { isBackendThere } from './live.ts';
import { size, theme } from './preferences.ts';

bindKeys(
  { keys: ['?'], does: 'this list', run: () => (isHelpOpen.value = !isHelpOpen.value) },
  { keys: ['x'], does: 'projector: text twice as large', run: () => size.next() },
  { keys: ['T'], does: 'theme: as the system, light, dark', run: () => theme.next() },
  { keys: ['S'], does: 'go to the search', run: () => location.assign('/search') },
);

/** What all pages have around them: the bar at the top, the list of keys, and notes. */
export function Frame({ current, children }: { current: string; children: ComponentChildren }) {
  return (
    <>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <header class="masthead">
        <a class="home" href="/search">
          <span class="mark" aria-hidden="true" />
          Traces
        </a>
        <nav aria-label="Pages">
          <Tab name="Search" href="/search" current={current} />
          <Tab name="Dependencies" href="/dependencies" current={current} />
        </nav>
        <IdLookup />
        <div class="switches">
          <button
            type="button"
            class="switch"
            aria-pressed={size.value === 'projector'}
            onClick={() => size.next()}
            title="Text twice as large (x)"
          >
            <span class="large-a" aria-hidden="true">
              A
            </span>
            <span class="wide-only">Projector</span>
            <span class="narrow-only hidden-text">Projector</span>
          </button>
          <label class="switch" title="Theme (T)">
            <span class="hidden-text">Theme</span>
            <select
              value={theme.value}
              onChange={({ currentTarget }) => theme.set(currentTarget.value as typeof theme.value)}
            >
              <option value="system">System</option>
              <option value="light">Light</option>
              <option value="dark">Dark</option>
            </select>
          </label>
          <button
            type="button"
            class="switch"
            aria-label="Keys"
            title="Keys (?)"
            onClick={() => (isHelpOpen.value = true)}
          >
            ?
          </button>
        </div>
      </header>
      {!isBackendThere.value && (
        <p class="notice" role="status">
          The trace backend does not answer. What you see stays; nothing new arrives until it is back.
        </p>
      )}
      <main id="content">{children}</main>
      <KeyHelp />
      <CopyNotes />
    </>
  );
}

function Tab({ name, href, current }: { name: string; href: string; current: string }) {
  return (
    <a href={href} aria-current={current === name ? 'page' : undefined}>
      {name}
    </a>
  );
}

/** Takes an id, or a line in which there is one, as people paste them. */
function IdLookup() {
  const problem = useSignal('');
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget as HTMLFormElement).get('id') ?? '').trim();
    const id = traceIdFrom(text) ?? /\b[\da-f]{32}\b/iu.exec(text)?.[0].toLowerCase();
    if (id) location.assign(traceUrl(id));
    else
      problem.value =
        text === '' ? 'Paste a trace id first.' : 'A trace id has up to 32 digits of 0–9 and a–f.';
  };
  return (
    <form class="lookup" role="search" aria-label="Trace by its id" onSubmit={submit} noValidate>
      <label>
        <span class="hidden-text">Trace id</span>
        <input
          name="id"
          placeholder="Trace id"
          autocomplete="off"
          spellcheck={false}
          aria-invalid={problem.value !== ''}
          aria-describedby="lookup-problem"
          onInput={() => (problem.value = '')}
        />
      </label>
      <p id="lookup-problem" role="alert">
        {problem}
      </p>
    </form>
  );
}
