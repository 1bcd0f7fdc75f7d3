import { state } from './session.ts';

/** The trace of the last run, in the same viewer as everywhere else. */
export function TraceView() {
  const { tracePage } = state.value!.run;
  if (tracePage === undefined) {
    return (
      <section class="empty" aria-label="Trace">
        <p>No trace yet. Starting with step 2, each run creates one.</p>
      </section>
    );
  }
  if (!tracePage.startsWith('/')) {
    return (
      <section class="empty" aria-label="Trace">
        <p>
          <a href={tracePage} target="_blank" rel="noreferrer">
            Open the trace in Jaeger
          </a>
        </p>
      </section>
    );
  }
  return (
    <section class="trace-frame" aria-label="Trace">
      <iframe key={tracePage} src={tracePage} title="The trace of the last run" />
      <p>
        <a href={tracePage} target="_blank" rel="noreferrer">
          Open in a tab
        </a>
      </p>
    </section>
  );
}
