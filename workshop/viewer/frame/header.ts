import { effect } from '@preact/signals';
import { traceIdFrom, traceUrl } from '../../trace/ids.ts';
import { isHelpOpen } from './keys.tsx';
import { size, theme } from './preferences.ts';

/**
 * Activates the field and the buttons of the page header, which are inert in the document. Its HTML is made by
 * workshop/backend/pages/header.ts.
 */
export function activateHeader(): void {
  const projector = find<HTMLButtonElement>('#projector');
  projector.addEventListener('click', () => size.next());
  effect(() => void (projector.ariaPressed = String(size.value === 'projector')));

  const themes = find<HTMLSelectElement>('#theme');
  themes.addEventListener('change', () => theme.set(themes.value as typeof theme.value));
  effect(() => void (themes.value = theme.value));

  find('#keys').addEventListener('click', () => (isHelpOpen.value = true));
  find('.switches').inert = false;

  activateLookup(find('.lookup'), find('.lookup input'), find('#lookup-problem'));
}

/** The field accepts a trace id, or a pasted line that contains one. */
function activateLookup(form: HTMLElement, field: HTMLInputElement, problem: HTMLElement): void {
  const showProblem = (sentence: string) => {
    problem.textContent = sentence;
    field.ariaInvalid = String(sentence !== '');
  };
  field.addEventListener('input', () => showProblem(''));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = field.value.trim();
    const id = traceIdFrom(text) ?? /\b[\da-f]{32}\b/iu.exec(text)?.[0].toLowerCase();
    if (id) location.assign(traceUrl(id));
    else showProblem(text === '' ? 'Paste a trace id first.' : 'A trace id has up to 32 hexadecimal digits.');
  });
  form.inert = false;
}

function find<Kind extends HTMLElement>(selector: string): Kind {
  const found = document.querySelector<Kind>(selector);
  if (!found) throw new Error(`There is no ${selector} in the page header.`);
  return found;
}
