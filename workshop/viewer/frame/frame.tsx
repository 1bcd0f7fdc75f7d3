import { type ComponentChildren, render } from 'preact';
import { CopyNotes } from './copy.tsx';
import { bindKeys, isHelpOpen, KeyHelp } from './keys.tsx';
import { isBackendReachable } from './live.ts';
import { activateHeader } from './header.ts';
import { size, theme } from './preferences.ts';

bindKeys(
  { keys: ['?'], description: 'show or hide this list', run: () => (isHelpOpen.value = !isHelpOpen.value) },
  { keys: ['x'], description: 'projector mode: double the text size', run: () => size.next() },
  { keys: ['T'], description: 'change the theme: system, light, dark', run: () => theme.next() },
  { keys: ['S'], description: 'go to search', run: () => location.assign('/search') },
);

/** Draws a page below the header, with the parts that all pages have: the list of shortcuts, and notes. */
export function drawPage(content: ComponentChildren): void {
  activateHeader();
  render(<View>{content}</View>, document.querySelector('#view')!);
}

function View({ children }: { children: ComponentChildren }) {
  return (
    <>
      {!isBackendReachable.value && (
        <p class="notice disconnected" role="status">
          The trace backend does not respond. This page continues when it is back.
        </p>
      )}
      <main id="content">{children}</main>
      <KeyHelp />
      <CopyNotes />
    </>
  );
}
