import { signal } from '@preact/signals';
import { Button } from '../frame/button.tsx';
import { useEffect } from 'preact/hooks';
import { fetchDifference, selectedStep, state } from './session.ts';
import type { DifferenceResponse } from './session-state.ts';
import { revealed } from './views.ts';

const difference = signal<DifferenceResponse | undefined>(undefined);

/** What differs from the finished step. It is the solution, so the reader has to ask for it. */
export function DifferenceView() {
  const { selected, saves } = state.value!;
  const isRevealed = revealed.value === selected;
  useEffect(() => {
    let isLate = false;
    if (isRevealed) {
      void fetchDifference(selected).then((response) => {
        if (!isLate) difference.value = response;
      });
    }
    return () => (isLate = true);
  }, [selected, saves, isRevealed]);

  const { number } = selectedStep.value!;
  if (!isRevealed) {
    return (
      <section class="empty" aria-label="Differences">
        <p>This shows what is left to type for step {number}, which is the solution.</p>
        <Button onClick={() => (revealed.value = selected)}>Show me what differs</Button>
      </section>
    );
  }
  return (
    <section class="difference" aria-label="Differences" tabIndex={0}>
      {difference.value && <Changes {...difference.value} number={number} />}
    </section>
  );
}

function Changes({ changes, otherSystem, number }: DifferenceResponse & { number: number }) {
  if (otherSystem) {
    return (
      <p>
        Step {number} is in another chapter, which has other services. Reset puts its start into the working
        copy.
      </p>
    );
  }
  if (changes.length === 0) return <p>Nothing: the working copy is the same as step {number}.</p>;
  return (
    <>
      <p>This is left to do for step {number}:</p>
      {changes.map(({ path, patch }) => (
        <section key={path}>
          <h2>
            <code>{path}</code>
          </h2>
          <pre tabIndex={0}>
            {linesOf(patch).map((line, index) => (
              <span
                key={index}
                class={line.startsWith('+') ? 'added' : line.startsWith('-') ? 'removed' : undefined}
              >
                {`${line}\n`}
              </span>
            ))}
          </pre>
        </section>
      ))}
    </>
  );
}

/** The lines of a patch without its header. */
function linesOf(patch: string): string[] {
  const lines = patch.replace(/\n$/, '').split('\n');
  const first = lines.findIndex((line) => line.startsWith('@@'));
  return first < 0 ? lines : lines.slice(first);
}
