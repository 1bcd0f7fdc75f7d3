import { drawPage } from '../frame/frame.tsx';
import { bindKeys } from '../frame/keys.tsx';
import { LogForm } from './form.tsx';
import { Lines, LinesHead, NoLines } from './lines.tsx';
import { isLive, lines, problem, response, setLive, start } from './state.ts';

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

/** Goes to the next line with a trace, or with −1 to the previous one. */
function goBy(step: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>('.line-link')];
  const at = links.findIndex((link) => link === document.activeElement);
  links[Math.min(links.length - 1, Math.max(0, at + step))]?.focus();
}

bindKeys(
  {
    keys: ['/'],
    description: 'search the text',
    run: () => document.querySelector<HTMLInputElement>('.search-form input')?.select(),
  },
  { keys: ['j', 's'], description: 'next line with a trace', run: () => goBy(1) },
  { keys: ['k', 'w'], description: 'previous line with a trace', run: () => goBy(-1) },
  { keys: ['l'], description: 'turn live updates on or off', run: () => setLive(!isLive.value) },
);
start();
drawPage(<LogsPage />);
