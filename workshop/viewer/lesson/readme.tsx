import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { fetchReadme, state } from './session.ts';
import { goTo } from './steps.tsx';

/** The README that is shown, and its step. */
const readme = signal({ step: '', html: '' });

export function Readme() {
  const pane = useRef<HTMLElement>(null);
  const { selected, steps } = state.value!;
  useEffect(() => {
    let isLate = false;
    void fetchReadme(selected).then((html) => {
      if (isLate) return;
      readme.value = { step: selected, html: html ?? '<p>The README of this step can’t be read.</p>' };
      pane.current?.scrollTo({ top: 0 });
    });
    return () => (isLate = true);
  }, [selected]);

  /** A link to the README of another step goes to that step. */
  const follow = (event: MouseEvent) => {
    const name = (event.target as Element).closest<HTMLElement>('[data-step]')?.dataset['step'];
    if (name === undefined) return;
    event.preventDefault();
    goTo(steps.find((step) => step.name === name));
  };
  return (
    <article class="readme" ref={pane} tabIndex={0} aria-label="README of the step" onClick={follow}>
      <div
        key={readme.value.step}
        // The server has made it from Markdown, and lets only a few elements pass.
        // oxlint-disable-next-line react/no-danger
        dangerouslySetInnerHTML={{ __html: readme.value.html }}
      />
    </article>
  );
}
