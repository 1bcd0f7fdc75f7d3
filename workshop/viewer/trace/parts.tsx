/** The parts of the page above the rows, each of which can be hidden. On a projector they are, to leave room for rows. */
import { signal } from '@preact/signals';
import type { KeyBinding } from '../frame/keys.tsx';
import { size } from '../frame/preferences.ts';
import { Button } from '../frame/button.tsx';
import { ExplainButton } from './toolbar.tsx';
import { isPrinting } from './printing.ts';

export type Part = 'facts' | 'highlights' | 'overview' | 'toolbar';

const parts: readonly { part: Part; key: string; name: string }[] = [
  { part: 'facts', key: 'h', name: 'Facts' },
  { part: 'highlights', key: 'l', name: 'Highlights' },
  { part: 'overview', key: 'm', name: 'Overview' },
  { part: 'toolbar', key: 't', name: 'Toolbar' },
];

/** The parts that the reader has shown or hidden, in each size of the page. */
const chosen = signal<Partial<Record<string, boolean>>>({});
const keyOf = (part: Part) => `${size.value} ${part}`;

/** Whether a part is shown. */
export function isShown(part: Part): boolean {
  return isPrinting.value || (chosen.value[keyOf(part)] ?? size.value !== 'projector');
}

export function setShown(part: Part, shown: boolean): void {
  chosen.value = { ...chosen.value, [keyOf(part)]: shown };
}

/** The keys that show and hide the parts. */
export const partKeys: readonly KeyBinding[] = parts.map(({ part, key, name }) => ({
  keys: [key],
  description: name.toLowerCase(),
  run: () => setShown(part, !isShown(part)),
}));

/** Buttons that show and hide the parts, on a projector. */
export function PartButtons() {
  if (size.value !== 'projector' || isPrinting.value) return null;
  return (
    <div class="parts" role="group" aria-label="Parts of the page">
      {!isShown('toolbar') && <ExplainButton />}
      {parts.map(({ part, key, name }) => (
        <Button
          key={part}
          aria-pressed={isShown(part)}
          title={`Show or hide (${key})`}
          onClick={() => setShown(part, !isShown(part))}
        >
          {name}
        </Button>
      ))}
    </div>
  );
}
