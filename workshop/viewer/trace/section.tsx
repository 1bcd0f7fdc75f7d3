import { type Signal, useSignal } from '@preact/signals';
import type { ComponentChildren, RefObject } from 'preact';
import { useRef } from 'preact/hooks';
import { counted } from '../../trace/numbers.ts';
import { Button } from '../frame/button.tsx';

/** A list in the details of a span, with its length. More items than `most` are shown only on request. */
export function DetailSection<Item>({
  title,
  items,
  most = Infinity,
  what = '',
  children,
}: {
  title: string;
  items: readonly Item[];
  most?: number;
  /** What an item is called: "log line". */
  what?: string;
  children: (visible: readonly Item[]) => ComponentChildren;
}) {
  const showsAll = useSignal(false);
  const section = useRef<HTMLElement>(null);
  const visible = showsAll.value ? items : items.slice(0, most);
  return (
    <section class="detail-section" ref={section} tabIndex={-1}>
      <h2>
        {title} <small>{items.length}</small>
      </h2>
      {children(visible)}
      {visible.length < items.length && (
        <ShowAll is={showsAll} within={section}>
          Show {counted(items.length - visible.length, `more ${what}`)}
        </ShowAll>
      )}
    </section>
  );
}

/** A button that shows everything and then disappears; the focus moves to the element around it. */
export function ShowAll({
  is,
  within,
  children,
}: {
  is: Signal<boolean>;
  within: RefObject<HTMLElement | null>;
  children: ComponentChildren;
}) {
  const show = () => {
    is.value = true;
    within.current!.focus({ preventScroll: true });
  };
  return <Button onClick={show}>{children}</Button>;
}
