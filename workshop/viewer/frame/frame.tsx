import { type ComponentChildren, render } from 'preact';
import { CopyNotes } from './copy.tsx';
import { bindKeys, isHelpOpen, KeyHelp } from './keys.tsx';
import { isBackendReachable } from './live.ts';
import { activateHeader } from './header.ts';
import { size, theme } from './preferences.ts';

bindKeys(
  { keys: ['?'], description: 'this list', run: () => (isHelpOpen.value = !isHelpOpen.value) },
  { keys: ['x'], description: 'projector: text twice as large', run: () => size.next() },
  { keys: ['T'], description: 'theme: as the system, light, dark', run: () => theme.next() },
  { keys: ['S'], description: 'go to the search', run: () => location.assign('/search') },
);

/** Draws a page below the bar at the top, with what all pages have: the list of keys, and notes. */
export function drawPage(content: ComponentChildren): void {
  activateHeader();
  render(<View>{content}</View>, document.querySelector('#view')!);
}

function View({ children }: { children: ComponentChildren }) {
  return (
    <>
      {!isBackendReachable.value && (
        <p class="notice silence" role="status">
          The trace backend does not answer. What you see stays; nothing new arrives until it is back.
        </p>
      )}
      <main id="content">{children}</main>
      <KeyHelp />
      <CopyNotes />
    </>
  );
}
