import { drawPage } from '../frame/frame.tsx';
import { bindKeys } from '../frame/keys.tsx';
import { isBackendReachable } from '../frame/live.ts';
import { Empty } from './empty.tsx';
import { SearchForm } from './form.tsx';
import { Results, ResultsHead } from './results.tsx';
import { Scatter } from './scatter.tsx';
import {
  response,
  isLive,
  isQueryValid,
  isStale,
  setLive,
  setReading,
  showPending,
  start,
  traces,
} from './state.ts';

function SearchPage() {
  return (
    <>
      <h1 class="hidden-text">Search traces</h1>
      <SearchForm />
      {isQueryValid.value && response.value && <Found />}
    </>
  );
}

function Found() {
  if (isStale.value && !isBackendReachable.value) {
    return (
      <p class="empty-view" role="status">
        The results appear here as soon as the backend responds.
      </p>
    );
  }
  if (traces.value.length === 0) return <Empty />;
  return (
    <>
      <Scatter />
      <ResultsHead />
      <Results />
    </>
  );
}

/** Goes to the next result, or with −1 to the previous one. */
function goBy(step: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>('.result-link')];
  const at = links.findIndex((link) => link === document.activeElement);
  links[Math.min(links.length - 1, Math.max(0, at + step))]?.focus();
}

bindKeys(
  {
    keys: ['/'],
    description: 'choose a service',
    run: () => document.querySelector<HTMLElement>('.search-form select')?.focus(),
  },
  { keys: ['j', 's'], description: 'next trace', run: () => goBy(1) },
  { keys: ['k', 'w'], description: 'previous trace', run: () => goBy(-1) },
  { keys: ['l'], description: 'turn live updates on or off', run: () => setLive(!isLive.value) },
  { keys: ['r'], description: 'show new traces', run: () => showPending() },
);
addEventListener('scroll', () => setReading('scrolling', scrollY > 0), { passive: true });
start();
drawPage(<SearchPage />);
