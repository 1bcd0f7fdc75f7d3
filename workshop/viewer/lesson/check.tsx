import { Button } from '../frame/button.tsx';
import { act, selectedStep, state } from './session.ts';
import type { CheckedExpectation, CheckedStep, CheckState } from './session-state.ts';
import { goTo, neighbor } from './steps.tsx';

export const marks = { met: '✓', failed: '✗', inconclusive: '?', open: '·' } as const;
const words = { met: 'met', failed: 'not met', inconclusive: 'inconclusive', open: 'not checked yet' };

export function CheckView() {
  const { check } = state.value!;
  const { isRunning, result, problem } = check;
  return (
    <section class="check-view" aria-label="Check" aria-busy={isRunning}>
      <div class="view-head strip">
        <h2>{headingOf(check)}</h2>
        <Button onClick={() => void act('check')}>Check again</Button>
      </div>
      <OtherStep />
      {problem !== undefined && <p class="problem">{problem}</p>}
      {result && <Result result={result} isOld={isRunning} />}
    </section>
  );
}

/** What to do if the working copy contains another step than the one before this one, or this one. */
function OtherStep() {
  const { exact, number } = state.value!.workingCopy;
  const selected = selectedStep.value!.number;
  if (!exact || number === selected || number === selected - 1) return null;
  return (
    <p class="problem">
      Your code is that of step {number}. To begin step {selected}, press Reset, which saves your work first.
    </p>
  );
}

/** Says in a few words how a check went. */
export function headingOf({ isRunning, result }: CheckState): string {
  if (isRunning) return 'Checking your code …';
  if (!result) return 'The check could not run';
  const number = Number(result.step.slice(0, 2));
  if (result.passed) return `Step ${number} is done`;
  if (result.inconclusive) return 'This machine was too busy to tell';
  return result.regression ? `Step ${number} passed before, but fails now` : `Step ${number} is not done yet`;
}

function Result({ result, isOld }: { result: CheckedStep; isOld: boolean }) {
  const { outcomes, passed, done, editedFiles } = result;
  const next = neighbor(1);
  return (
    <div class={isOld ? 'old' : undefined}>
      <ol class="outcomes">
        {outcomes.map((outcome) => (
          <Outcome key={outcome.expect} outcome={outcome} />
        ))}
      </ol>
      {editedFiles.length > 0 && (
        <p class="problem">
          You edited {editedFiles.join(', ')}. The check runs the working copy, so make this change there.
        </p>
      )}
      {passed && (
        <p class="done strip">
          Done: {done}.{' '}
          {next && (
            <Button class="primary" onClick={() => goTo(next)}>
              Next: {next.number}. {next.title}
            </Button>
          )}
        </p>
      )}
    </div>
  );
}

function Outcome({ outcome: { expect, status, failure } }: { outcome: CheckedExpectation }) {
  return (
    <li class={`outcome ${status}`}>
      <span class="outcome-mark" aria-hidden="true">
        {marks[status]}
      </span>
      <div>
        <p>
          {expect} <span class="hidden-text">: {words[status]}</span>
        </p>
        {failure && (
          <dl class="failure">
            <dt>Found</dt>
            <dd>{failure.found}</dd>
            <dt>Cause</dt>
            <dd>{failure.cause}</dd>
            <dt>Look at</dt>
            <dd>
              <code>{failure.file}</code>
            </dd>
          </dl>
        )}
        {failure && failure.lines.length > 0 && <pre tabIndex={0}>{failure.lines.join('\n')}</pre>}
      </div>
    </li>
  );
}
