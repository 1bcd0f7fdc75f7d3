import { signal } from '@preact/signals';
import { Button } from '../frame/button.tsx';
import { keepFocus } from './scrolling.ts';

/** A button on a notification. */
interface Action {
  label: string;
  run: () => void;
}

/** How long a notification stays: long enough to be read twice. */
const READ_MS = 8_000;

const notification = signal<{ text: string; action?: Action }>({ text: '' });
let closing: ReturnType<typeof setTimeout> | undefined;

/** Shows a notification about a change. It disappears after a while; with `stays`, only when the reader closes it. */
export function notify(
  text: string,
  { stays = false, action }: { stays?: boolean; action?: Action } = {},
): void {
  clearTimeout(closing);
  notification.value = { text, ...(action && { action }) };
  if (!stays) closing = setTimeout(close, READ_MS);
}

function close(): void {
  notification.value = { text: '' };
}

/** The notification at the bottom of the page about spans that arrived later. */
export function Notification() {
  const { text, action } = notification.value;
  return (
    <p class="notification" role="status">
      {text}
      {action && (
        <Button
          onClick={() =>
            keepFocus(() => {
              close();
              action.run();
            })
          }
        >
          {action.label}
        </Button>
      )}
      {text && (
        <Button aria-label="Close this notification" onClick={() => keepFocus(close)}>
          ✕
        </Button>
      )}
    </p>
  );
}
