/** The page of `npm run board`, for the instructor's second screen. */
import { signal } from '@preact/signals';
import { render } from 'preact';
import { counted } from '../../trace/numbers.ts';
import type { BoardPerson, BoardResponse, BoardStep } from '../../trace/page-data.ts';
import { bindKeys, KeyHelp } from '../frame/keys.tsx';
import { isBackendReachable, poll } from '../frame/live.ts';
import { names } from '../frame/preferences.ts';
import { Button } from '../frame/button.tsx';

/** At one expectation. The tracks below show the others. */
const MOST_NAMES = 8;

const board = signal<BoardResponse | undefined>(undefined);

function Page() {
  return (
    <>
      {!isBackendReachable.value && (
        <p class="notice disconnected" role="status">
          The board does not respond. Run npm run board again, and this page will continue.
        </p>
      )}
      <main id="content" class={board.value?.people.length === 0 ? 'lobby' : ''}>
        {board.value && <Board {...board.value} />}
      </main>
      <KeyHelp />
    </>
  );
}

function Board({ join, headline, pace, steps, stuck, people }: BoardResponse) {
  const { origin, pathname } = new URL(join.url);
  return (
    <>
      <div class="board-head">
        <div class={headline.isAlarm ? 'headline alarm' : 'headline'} role="status">
          <h1>{headline.text}</h1>
          <p>{headline.detail}</p>
        </div>
        {pace && (
          <div class={pace.isBehind ? 'pace behind' : 'pace'}>
            <h2>{pace.text}</h2>
            <p>{pace.detail}</p>
          </div>
        )}
        <div class="join">
          <svg viewBox={`0 0 ${join.size} ${join.size}`} role="img" aria-label="QR code of the URL">
            <path d={join.path} />
          </svg>
          <div>
            <h2>To join, run</h2>
            <code>
              npm run join -- {origin}
              <wbr />
              {pathname}
            </code>
          </div>
        </div>
      </div>
      {people.length > 0 && (
        <>
          <Steps steps={steps} />
          <Stuck groups={stuck} people={people} />
          <People people={people} steps={steps} />
        </>
      )}
    </>
  );
}

function Steps({ steps }: { steps: BoardStep[] }) {
  const most = Math.max(1, ...steps.map(({ passed, here }) => passed + here));
  return (
    <section aria-labelledby="steps-title">
      <h2 id="steps-title">
        Steps{' '}
        <small>
          <i class="sample passed" /> passed <i class="sample here" /> working on it{' '}
          <i class="sample stuck" /> stuck
        </small>
      </h2>
      <ol class="steps">
        {steps.map(({ number, title, passed, here, stuck }) => (
          <li key={number}>
            <div class="column" aria-hidden="true">
              <span class="count">{passed + here || ''}</span>
              <Bar kind="stuck" share={stuck / most} />
              <Bar kind="here" share={(here - stuck) / most} />
              <Bar kind="passed" share={passed / most} />
            </div>
            <b>{number}</b> <span class="title">{title}</span>
            <span class="hidden-text">
              : {passed} passed, {here} working on it, {stuck} stuck
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Bar({ kind, share }: { kind: 'passed' | 'here' | 'stuck'; share: number }) {
  return <span class={`bar ${kind}`} style={{ height: `${share * 4}rem` }} />;
}

function Stuck({ groups, people }: { groups: BoardResponse['stuck']; people: BoardPerson[] }) {
  return (
    <ol class="stuck-list" aria-label="Where people are stuck">
      {groups.map(({ step, expectation, people: members }) => (
        <li key={`${step} ${expectation}`}>
          <strong>{members.length}</strong>
          <div>
            <p>
              <b>Step {step}</b> {expectation}
            </p>
            <p class="who">
              {members.slice(0, MOST_NAMES).map(({ number, minutes }) => (
                <span key={number}>
                  <bdi>{shownName(people.find((person) => person.number === number)!)}</bdi> {minutes} min
                </span>
              ))}
              {members.length > MOST_NAMES && <span>and {members.length - MOST_NAMES} more</span>}
            </p>
          </div>
        </li>
      ))}
    </ol>
  );
}

function People({ people, steps }: { people: BoardPerson[]; steps: BoardStep[] }) {
  const away = people.filter(({ state }) => state === 'away').length;
  return (
    <section aria-labelledby="people-title">
      <div class="people-head">
        <h2 id="people-title">
          {people.length - away === 1 ? '1 person' : `${people.length - away} people`}
          {away > 0 && <small> and {away} away</small>}
        </h2>
        <Button aria-pressed={names.value === 'hidden'} onClick={() => names.next()}>
          Hide names
        </Button>
      </div>
      <ul class="people">
        {people.map((person) => (
          <li key={person.number} class={person.state}>
            <bdi class="cut">{shownName(person)}</bdi>
            <span class="track" aria-hidden="true">
              {steps.map(({ number }) => (
                <i key={number} class={number < person.at ? 'passed' : number === person.at ? 'here' : ''} />
              ))}
            </span>
            <span class="minutes" aria-hidden="true">
              {person.state === 'stuck' && `${person.minutes} min`}
            </span>
            <span class="hidden-text">: {stateText(person)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function shownName({ name, number }: BoardPerson): string {
  return names.value === 'hidden' ? `#${number}` : name;
}

function stateText({ state, at, minutes }: BoardPerson): string {
  const since = `for ${counted(minutes, 'minute')}`;
  if (state === 'joined') return 'no check yet';
  if (state === 'finished') return 'has passed the last step';
  if (state === 'away') return `no check ${since}, step ${at}`;
  return { working: 'working on', failing: 'trying', stuck: 'stuck at' }[state] + ` step ${at} ${since}`;
}

bindKeys({ keys: ['n'], description: 'show or hide the names', run: () => names.next() });
poll<BoardResponse>(
  () => '/board',
  ({ data }) => data && (board.value = data),
);
render(<Page />, document.querySelector('#view')!);
