import { effect } from '@preact/signals';
import { traceUrl } from '../../trace/ids.ts';
import type { IdMatch, IdsResponse } from '../../trace/page-data.ts';
import { isHelpOpen } from './keys.tsx';
import { size, theme } from './preferences.ts';

/** The header of the page of npm run lesson leads to no other page. */
export const isLesson = document.body.dataset['page'] === 'lesson';

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

  if (isLesson) return;
  activateLookup(find('.lookup'), find('.lookup input'), find('#lookup-problem'));
}

/** The field accepts the id of a trace or span, shortened or not, or a pasted line that contains one. */
function activateLookup(form: HTMLElement, field: HTMLInputElement, problem: HTMLElement): void {
  const showProblem = (sentence: string) => {
    problem.textContent = sentence;
    field.ariaInvalid = String(sentence !== '');
  };
  field.addEventListener('input', () => showProblem(''));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = field.value.trim();
    const id = idIn(text);
    if (id) void lookUp(id, showProblem);
    else
      showProblem(
        text === ''
          ? 'Paste a trace id first.'
          : 'This is not an id. A trace id has 32 hexadecimal digits, a span id has 16.',
      );
  });
  form.inert = false;
}

function idIn(text: string): string | undefined {
  const found =
    /^[\da-f]{1,32}$/iu.exec(text) ?? /\b[\da-f]{32}\b/iu.exec(text) ?? /\b[\da-f]{16}\b/iu.exec(text);
  return found?.[0].toLowerCase();
}

/** Goes to what the id leads to. The page of a full trace id waits until the trace arrives. */
async function lookUp(id: string, showProblem: (sentence: string) => void): Promise<void> {
  if (id.length === 32) return location.assign(traceUrl(id));
  const matches = await matchesOf(id);
  if (matches?.length === 0) showProblem(`No stored trace or span has the id ${id}.`);
  else location.assign(matches?.length === 1 ? urlOfMatch(matches[0]!) : traceUrl(id));
}

/** Undefined if the backend doesn't respond. */
async function matchesOf(id: string): Promise<IdsResponse['matches'] | undefined> {
  try {
    const response = await fetch(`/viewer/ids/${id}`);
    return response.ok ? ((await response.json()) as IdsResponse).matches : undefined;
  } catch {
    return undefined;
  }
}

/** The page of a trace or span that an id led to. */
export function urlOfMatch({ trace, spanId }: IdMatch): string {
  return traceUrl(trace.traceId, spanId);
}

function find<Kind extends HTMLElement>(selector: string): Kind {
  const found = document.querySelector<Kind>(selector);
  if (!found) throw new Error(`There is no ${selector} in the page header.`);
  return found;
}
