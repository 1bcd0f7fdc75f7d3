import { drawPage } from '../frame/frame.tsx';
import { bindKeys } from '../frame/keys.tsx';
import { listKeys } from '../frame/list-keys.ts';
import { LogForm } from './form.tsx';
import { Lines, LinesHead, NoLines } from './lines.tsx';
import { isLive, lines, problem, response, setLive } from './state.ts';

function LogsPage() {
  return (
    <>
      <h1 class="hidden-text">Log lines</h1>
      <LogForm />
      {response.value && problem.value === '' && <Found />}
    </>
  );
}

function Found() {
  if (lines.value.length === 0) return <NoLines />;
  return (
    <>
      <LinesHead />
      <Lines />
    </>
  );
}

bindKeys(
  {
    keys: ['/'],
    description: 'search the text',
    run: () => document.querySelector<HTMLInputElement>('.search-form input')?.select(),
  },
  ...listKeys({ selector: '.line-link', what: 'line with a trace' }, isLive, setLive),
);
drawPage(<LogsPage />);
