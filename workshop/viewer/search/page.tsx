import { drawPage } from '../frame/frame.tsx';
import { bindKeys } from '../frame/keys.tsx';
import { listKeys } from '../frame/list-keys.ts';
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

bindKeys(
  {
    keys: ['/'],
    description: 'choose a service',
    run: () => document.querySelector<HTMLElement>('.search-form select')?.focus(),
  },
  ...listKeys({ selector: '.result-link', what: 'trace' }, isLive, setLive),
  { keys: ['r'], description: 'show new traces', run: () => showPending() },
);
addEventListener('scroll', () => setReading('scrolling', scrollY > 0), { passive: true });
drawPage(<SearchPage />);
