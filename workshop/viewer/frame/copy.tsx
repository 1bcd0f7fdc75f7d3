import { signal } from '@preact/signals';
import { Button } from './button.tsx';

/** The note about what was copied last, for screen readers and the bottom of the page. */
export const copied = signal('');
/** Text that the browser refused to copy, shown so that the reader can copy it. */
export const textToCopy = signal('');

/** Copies text; `what` names it in the note: "Trace id". */
export async function copy(what: string, text: string | (() => string)): Promise<void> {
  const value = typeof text === 'string' ? text : text();
  try {
    await navigator.clipboard.writeText(value);
    copied.value = `${what} copied.`;
    setTimeout(() => (copied.value = ''), 2_500);
  } catch {
    textToCopy.value = value;
  }
}

export function CopyButton({
  what,
  text,
  label,
}: {
  /** For the note and for screen readers: "Trace id". */
  what: string;
  text: string | (() => string);
  /** On the button; without a label, it shows an icon. */
  label?: string;
}) {
  const onClick = () => void copy(what, text);
  if (label) return <Button onClick={onClick}>{label}</Button>;
  const name = `Copy ${what.toLowerCase()}`;
  return (
    <button type="button" class="copy" aria-label={name} title={name} onClick={onClick}>
      <svg class="copy-sign" viewBox="0 0 16 16" aria-hidden="true">
        <path d="M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z" />
      </svg>
    </button>
  );
}

/** The note about what was copied, and the dialog with text that the browser refused to copy. */
export function CopyNotes() {
  return (
    <>
      <p class="copied" role="status">
        {copied}
      </p>
      {textToCopy.value !== '' && (
        <dialog class="help" open aria-label="Text to copy">
          <p>This browser doesn't allow the page to copy text. Copy it from here:</p>
          <textarea readonly rows={12} aria-label="Text to copy" ref={(area) => area?.select()}>
            {textToCopy}
          </textarea>
          <Button onClick={() => (textToCopy.value = '')}>Close</Button>
        </dialog>
      )}
    </>
  );
}
