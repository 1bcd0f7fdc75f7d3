import { type ComponentChildren, render } from 'preact';
import { CopyNotes } from './copy.tsx';
import { bindKeys, EVERY_PAGE, KeyHelp } from './keys.tsx';
import { isBackendReachable } from './live.ts';
import { activateHeader, isLesson } from './header.ts';

if (!isLesson) {
  bindKeys({
    group: EVERY_PAGE,
    keys: ['S'],
    description: 'go to search',
    run: () => location.assign('/search'),
  });
}

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
