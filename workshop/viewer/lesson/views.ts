import { computed, effect, signal } from '@preact/signals';
import { size } from '../frame/preferences.ts';

/** What the reader can look at. A narrow page shows one of these, a wide one the README and one of the others beside it. */
export type View = 'readme' | 'check' | 'output' | 'trace' | 'difference';

/** What the reader has chosen. */
export const view = signal<View>('readme');
/** Where the list of steps is hidden until the reader asks for it: whether it is shown. */
export const isListOpen = signal(false);
/** The name of the step whose solution the reader has asked for; it is hidden again in another step. */
export const revealed = signal('');

const NARROW_REM = 60;
export const isNarrow = signal(false);

/** The views to choose from. */
export const choices = computed<View[]>(() => [
  ...(isNarrow.value ? (['readme'] as const) : []),
  'check',
  'output',
  'trace',
  'difference',
]);
/** The one that is shown, beside the README if the page is wide. */
export const shown = computed<View>(() =>
  view.value === 'readme' && !isNarrow.value ? 'check' : view.value,
);

const page = document.querySelector('#page')!;
const measure = () => {
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  isNarrow.value = page.clientWidth < NARROW_REM * rem;
};
new ResizeObserver(measure).observe(page);
effect(() => void (size.value && measure()));
