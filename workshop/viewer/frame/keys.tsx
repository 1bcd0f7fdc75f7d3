import { signal } from '@preact/signals';
import { Button } from './button.tsx';
import { size, theme } from './preferences.ts';
import { useEffect, useRef } from 'preact/hooks';

/** Keys and what they do. */
export interface KeyBinding {
  /** Alternatives, as in `KeyboardEvent.key`. */
  keys: readonly string[];
  description: string;
  /** Missing for keys that the focused element handles itself and that are only listed. */
  run?: (event: KeyboardEvent) => void;
  /** The heading in the list of keys; "This page" by default. */
  group?: string;
  /** Whether the keys work at this moment; always, by default. */
  isActive?: () => boolean;
}

const bindings: KeyBinding[] = [];
export const isHelpOpen = signal(false);

/** Binds keys of this page. They work unless the reader is typing or holds Ctrl, Alt, or ⌘. */
export function bindKeys(...added: KeyBinding[]): void {
  bindings.push(...added);
}

document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target))
    return;
  const binding = bindings.find(
    ({ keys, run, isActive }) => run && keys.includes(event.key) && (isActive?.() ?? true),
  );
  if (!binding?.run || (pressed.test(event.key) && isControl(event.target))) return;
  if (isHelpOpen.value && !binding.keys.includes('?')) return;
  event.preventDefault();
  binding.run(event);
});

/** Keys that buttons, checkboxes, links, and sliders handle themselves. */
const pressed = /^(?:Enter| |Arrow.*)$/;

function isControl(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('button, a, summary, input, [role=slider], [role=separator]') !== null
  );
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.matches('input:not([type=checkbox]), select, textarea, [contenteditable]')
  );
}

const names: Record<string, string> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  ' ': 'Space',
  Escape: 'Esc',
};

/** The bindings by their groups: those of this page first, those of every page last. */
function groups(): { group: string; members: KeyBinding[] }[] {
  const byGroup = new Map<string, KeyBinding[]>();
  for (const binding of bindings) {
    const { group = 'This page' } = binding;
    byGroup.set(group, [...(byGroup.get(group) ?? []), binding]);
  }
  const all = [...byGroup].map(([group, members]) => ({ group, members }));
  return all.toSorted((a, b) => Number(a.group === EVERY_PAGE) - Number(b.group === EVERY_PAGE));
}

/** The group of the keys that all pages have. */
export const EVERY_PAGE = 'Every page';

bindKeys(
  {
    group: EVERY_PAGE,
    keys: ['?'],
    description: 'show or hide this list',
    run: () => (isHelpOpen.value = !isHelpOpen.value),
  },
  {
    group: EVERY_PAGE,
    keys: ['x'],
    description: 'projector mode: double the text size',
    run: () => size.next(),
  },
  {
    group: EVERY_PAGE,
    keys: ['T'],
    description: 'change the theme: system, light, dark',
    run: () => theme.next(),
  },
);

/** The list of all shortcuts of the page. */
export function KeyHelp() {
  const dialog = useRef<HTMLDialogElement>(null);
  const open = isHelpOpen.value;
  useEffect(() => {
    if (open && !dialog.current?.open) {
      dialog.current?.showModal();
      // The browser would focus the button at the end and scroll to it.
      dialog.current?.focus();
      dialog.current?.scrollTo({ top: 0 });
    }
    if (!open) dialog.current?.close();
  }, [open]);
  return (
    <dialog
      class="help"
      tabIndex={-1}
      ref={dialog}
      aria-labelledby="help-title"
      onClose={() => (isHelpOpen.value = false)}
    >
      <h2 id="help-title">Keyboard shortcuts</h2>
      <div class="key-groups">
        {groups().map(({ group, members }) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {members.map(({ keys, description }) => (
                <div key={description}>
                  <dt>
                    {keys.map((key) => (
                      <kbd key={key}>{names[key] ?? key}</kbd>
                    ))}
                  </dt>
                  <dd>{description}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <form method="dialog">
        <Button type="submit">Close</Button>
      </form>
    </dialog>
  );
}
