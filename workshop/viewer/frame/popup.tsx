import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** A button that shows what is in it. It closes with Escape, and when the reader clicks or goes elsewhere. */
export function Popup({ label, children }: { label: string; children: ComponentChildren }) {
  const popup = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const closeIfOutside = ({ target }: Event) => {
      if (popup.current && !popup.current.contains(target as Node)) popup.current.open = false;
    };
    for (const type of ['pointerdown', 'focusin']) document.addEventListener(type, closeIfOutside);
    return () => {
      for (const type of ['pointerdown', 'focusin']) document.removeEventListener(type, closeIfOutside);
    };
  }, []);
  const closeByKey = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !popup.current!.open) return;
    event.preventDefault();
    popup.current!.open = false;
    popup.current!.querySelector('summary')!.focus();
  };
  return (
    <details class="popup" ref={popup} onKeyDown={closeByKey}>
      <summary class="button">{label}</summary>
      <div>{children}</div>
    </details>
  );
}
