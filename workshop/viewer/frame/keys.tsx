import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

/** A key and what it description, in words for the list under `?`. */
export interface KeyBinding {
  /** As `KeyboardEvent.key` names them; any of them. */
  keys: readonly string[];
  description: string;
  /** Left out for a key that only what has the focus reacts to, and which is merely told of. */
  run?: (event: KeyboardEvent) => void;
  /** Whether the key isActive at this moment; always, if not given. */
  isActive?: () => boolean;
}

const bindings: KeyBinding[] = [];
export const isHelpOpen = signal(false);

/** Gives keys of this page a meaning. They count where nothing is being typed and no Ctrl, Alt or ⌘ is held. */
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

/** Keys that a button, checkbox, link or slider needs for itself. */
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

/** The list of all keys of the page. */
export function KeyHelp() {
  const dialog = useRef<HTMLDialogElement>(null);
  const open = isHelpOpen.value;
  useEffect(() => {
    if (open && !dialog.current?.open) {
      dialog.current?.showModal();
      // The browser would give the focus to the button at the end, and scroll there.
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
      <h2 id="help-title">Keys</h2>
      <dl>
        {bindings.map(({ keys, description }) => (
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
      <form method="dialog">
        <button class="button">Close</button>
      </form>
    </dialog>
  );
}
