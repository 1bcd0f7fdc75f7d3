import { effect } from '@preact/signals';
import { traceIdFrom, traceUrl } from './ids.ts';
import { isHelpOpen } from './keys.tsx';
import { size, theme } from './preferences.ts';

/** Brings the bar at the top to life, which stands in the document already. */
export function wakeMasthead(): void {
  const find = <Kind extends Element>(selector: string) =>
    document.querySelector<Kind>(`.masthead ${selector}`)!;

  const projector = find<HTMLButtonElement>('#projector');
  projector.addEventListener('click', () => size.next());
  effect(() => void (projector.ariaPressed = String(size.value === 'projector')));

  const themes = find<HTMLSelectElement>('#theme');
  themes.addEventListener('change', () => theme.set(themes.value as typeof theme.value));
  effect(() => void (themes.value = theme.value));

  find('#keys').addEventListener('click', () => (isHelpOpen.value = true));

  wakeLookup(find<HTMLFormElement>('.lookup'), find<HTMLInputElement>('input'), find('#lookup-problem'));
}

/** The field takes an id, or a line in which there is one, as people paste them. */
function wakeLookup(form: HTMLFormElement, field: HTMLInputElement, problem: Element): void {
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
}
