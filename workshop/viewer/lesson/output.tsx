import { useEffect, useRef } from 'preact/hooks';
import { textMeter } from '../frame/measure.ts';
import { Button } from '../frame/button.tsx';
import { act, state } from './session.ts';
import { view } from './views.ts';

/** Runs run.ts, with lines as long as fit on the page, and shows its output. */
export function run(): void {
  view.value = 'output';
  requestAnimationFrame(() => {
    const pane = document.querySelector<HTMLElement>('.output pre');
    const width = pane ? textMeter(pane)('0'.repeat(100)) / 100 : 0;
    const { paddingLeft = '0' } = pane ? getComputedStyle(pane) : {};
    const columns = pane ? (pane.clientWidth - 2 * Number.parseFloat(paddingLeft)) / width : 100;
    void act('run', { columns });
  });
}

export function OutputView() {
  const pane = useRef<HTMLPreElement>(null);
  const { output, isRunning, failed, tracePage } = state.value!.run;
  useEffect(() => {
    if (isRunning) pane.current?.scrollTo({ top: pane.current.scrollHeight });
  }, [output]);
  return (
    <section class="output" aria-label="Output of run.ts" aria-busy={isRunning}>
      <pre ref={pane} tabIndex={0}>
        {output || 'Run makes the call with your code. Its output appears here.'}
      </pre>
      <p class="outcome-of-run" role="status">
        {isRunning ? 'Running …' : failed ? <span class="failed">run.ts failed.</span> : ''}
        {!isRunning && tracePage !== undefined && (
          <Button onClick={() => (view.value = 'trace')}>Open the trace</Button>
        )}
      </p>
    </section>
  );
}
