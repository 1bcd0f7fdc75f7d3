import { Button } from '../frame/button.tsx';
import { act, state } from './session.ts';
import type { ListedStep } from './session-state.ts';
import { isListOpen, view } from './views.ts';

/** Shows a step, from the beginning of its README. */
export function goTo(step: ListedStep | undefined): void {
  if (!step) return;
  isListOpen.value = false;
  view.value = 'readme';
  void act('select', { step: step.name });
}

/** The step after the one that is shown, or the one before it. */
export function neighbor(distance: 1 | -1): ListedStep | undefined {
  const { steps, selected } = state.value!;
  return steps[steps.findIndex(({ name }) => name === selected) + distance];
}

export function StepList() {
  const { steps, selected, workingCopy } = state.value!;
  const chapters = [...new Set(steps.map(({ chapter }) => chapter))];
  return (
    <nav class="steps" id="steps" aria-label="Steps" data-open={isListOpen.value}>
      <Button class="steps-button" onClick={() => (isListOpen.value = false)}>
        Close
      </Button>
      {chapters.map((chapter) => (
        <section key={chapter}>
          <h2>Chapter {chapter}</h2>
          <ol>
            {steps
              .filter((step) => step.chapter === chapter)
              .map((step) => (
                <li key={step.name}>
                  <button
                    type="button"
                    class="step"
                    aria-current={step.name === selected ? 'step' : undefined}
                    onClick={() => goTo(step)}
                  >
                    <span class="mark-of-step" aria-hidden="true">
                      {step.passed ? '✓' : ''}
                    </span>
                    <span class="number">{step.number}</span> {step.title}
                    {step.passed && <span class="hidden-text">, passed</span>}
                    {step.number === workingCopy.number && (
                      <span class="here" title="In the working copy">
                        <span class="hidden-text">, in the working copy</span>
                      </span>
                    )}
                  </button>
                </li>
              ))}
          </ol>
        </section>
      ))}
    </nav>
  );
}
