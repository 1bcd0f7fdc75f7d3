import type { FunctionComponent } from 'preact';
import { drawPage } from '../frame/frame.tsx';
import { bindKeys } from '../frame/keys.tsx';
import { Button } from '../frame/button.tsx';
import { CheckView, headingOf, marks } from './check.tsx';
import { DifferenceView } from './difference.tsx';
import { OutputView, run } from './output.tsx';
import { Readme } from './readme.tsx';
import { act, isConnected, message, selectedStep, state } from './session.ts';
import { goTo, neighbor, StepList } from './steps.tsx';
import { TraceView } from './trace.tsx';
import { choices, isListOpen, isNarrow, shown, view, type View } from './views.ts';

const views: Record<View, [name: string, Content: FunctionComponent]> = {
  readme: ['Lesson', Readme],
  check: ['Check', CheckView],
  output: ['Output', OutputView],
  trace: ['Trace', TraceView],
  difference: ['Differences', DifferenceView],
};

bindKeys(
  { keys: ['r'], description: 'run run.ts', run },
  ...Object.entries(views).map(([each, [name]]) => ({
    keys: [name.charAt(0).toLowerCase()],
    description: `show ${name}`,
    run: () => (view.value = each as View),
  })),
  { keys: ['n'], description: 'next step', run: () => goTo(neighbor(1)) },
  { keys: ['p'], description: 'previous step', run: () => goTo(neighbor(-1)) },
  {
    keys: ['Escape'],
    description: 'close the list of steps',
    run: () => (isListOpen.value = false),
    isActive: () => isListOpen.value,
  },
);

function LessonPage() {
  if (!state.value || !selectedStep.value) return null;
  const [, Content] = views[shown.value];
  return (
    <div class={isNarrow.value ? 'lesson narrow' : 'lesson'}>
      <StepList />
      {!isNarrow.value && <Readme />}
      <div class="work">
        <Tools />
        <Content />
      </div>
      <StatusBar />
    </div>
  );
}

function Tools() {
  const { isRunning } = state.value!.run;
  return (
    <div class="tools">
      <Button
        class="steps-button"
        aria-expanded={isListOpen}
        aria-controls="steps"
        onClick={() => (isListOpen.value = !isListOpen.value)}
      >
        Step {selectedStep.value!.number}
      </Button>
      {isRunning ? (
        <Button class="run" onClick={() => void act('stop')}>
          Stop
        </Button>
      ) : (
        <Button class="primary run" title="Run run.ts (r)" onClick={run}>
          Run
        </Button>
      )}
      <div class="view-buttons" role="group" aria-label="Show">
        {choices.value.map((each) => (
          <Button key={each} aria-pressed={shown.value === each} onClick={() => (view.value = each)}>
            {views[each][0]}
            {each === 'check' && <CheckMarks />}
          </Button>
        ))}
      </div>
      <p class="hidden-text" role="status">
        {headingOf(state.value!.check)}
      </p>
    </div>
  );
}

function CheckMarks() {
  const { check } = state.value!;
  return (
    <span class={check.isRunning ? 'marks old' : 'marks'} aria-hidden="true">
      {check.result?.outcomes.map(({ expect, status }) => (
        <span key={expect} class={`mark-${status}`}>
          {marks[status]}
        </span>
      ))}
    </span>
  );
}

const states = {
  starting: 'is starting',
  ready: 'is ready',
  waiting: 'is not running: waiting for the next save',
};

function StatusBar() {
  const { services, problem, workingCopy } = state.value!;
  return (
    <footer class="status-bar strip">
      <div class="service-states">
        {services.map(({ name, state: now }) => (
          <span key={name} class={`service-state ${now}`} title={`${name} ${states[now]}`}>
            {name}
            <span class="hidden-text"> {states[now]}</span>
          </span>
        ))}
        <span>
          {workingCopy.exact
            ? `Working copy: step ${workingCopy.number}`
            : `Working copy: your changes, closest to step ${workingCopy.number}`}
        </span>
      </div>
      <p class="message" role="status">
        {isConnected.value
          ? message.value || problem
          : 'npm run lesson has stopped. Start it again, and open the address that it prints.'}
      </p>
      <div class="work-buttons" role="group" aria-label="Your work">
        <Button onClick={() => void act('save')}>Save</Button>
        <Button
          title="Put the start of this step into the working copy; your work is saved first"
          onClick={() => void act('reset')}
        >
          Reset
        </Button>
        <Button title="Put back the work that was saved last" onClick={() => void act('restore')}>
          Restore
        </Button>
      </div>
    </footer>
  );
}

drawPage(<LessonPage />);
