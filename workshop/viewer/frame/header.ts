import { effect } from '@preact/signals';
import { traceIdFrom, traceUrl } from '../../trace/ids.ts';
import { isHelpOpen } from './keys.tsx';
import { size, theme } from './preferences.ts';

/**
 * Wakes the field and the buttons of the bar at the top, which stand inert in the document: its HTML is made by
 * workshop/backend/pages/masthead.ts.
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

/** The field takes an id, or a line in which there is one, as people paste them. */
function activateLookup(form: HTMLElement, field: HTMLInputElement, problem: HTMLElement): void {
  const complain = (sentence: string) => {
    problem.textContent = sentence;
    field.ariaInvalid = String(sentence !== '');
  };
  field.addEventListener('input', () => complain(''));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = field.value.trim();
    const id = traceIdFrom(text) ?? /\b[\da-f]{32}\b/iu.exec(text)?.[0].toLowerCase();
    if (id) location.assign(traceUrl(id));
    else complain(text === '' ? 'Paste a trace id first.' : 'A trace id has up to 32 digits of 0–9 and a–f.');
  });
  form.inert = false;
}

function find<Kind extends HTMLElement>(selector: string): Kind {
  const found = document.querySelector<Kind>(selector);
  if (!found) throw new Error(`There is no ${selector} in the bar at the top.`);
  return found;
}
