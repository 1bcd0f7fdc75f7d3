import { type Signal, useSignal } from '@preact/signals';
import type { ComponentChildren, RefObject } from 'preact';
import { useRef } from 'preact/hooks';
import type { Attributes, AttributeValue } from '../../trace/model.ts';
import { counted, grouped } from '../../trace/numbers.ts';
import { CopyButton } from '../frame/copy.tsx';
import { Button } from '../frame/button.tsx';

/** More attributes than this are shown only on request. */
const MAX_ATTRIBUTES = 60;

/** Attributes grouped by the part of their key before the first dot: http, url, db, and so on. */
export function AttributeGroups({
  title,
  attributes,
  empty,
}: {
  title: string;
  attributes: Attributes;
  empty: string;
}) {
  const showsAll = useSignal(false);
  const section = useRef<HTMLElement>(null);
  const entries = Object.entries(attributes).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const visible = showsAll.value ? entries : entries.slice(0, MAX_ATTRIBUTES);
  return (
    <section class="detail-section" ref={section} tabIndex={-1}>
      <h2>
        {title} <small>{entries.length}</small>
      </h2>
      {entries.length === 0 && <p class="empty">{empty}</p>}
      {groupsOf(visible).map(({ group, members }) => (
        <AttributeTable key={group} attributes={members} />
      ))}
      {visible.length < entries.length && (
        <ShowAll is={showsAll} within={section}>
          Show {counted(entries.length - visible.length, 'more attribute')}
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

function groupsOf(entries: readonly [string, AttributeValue][]) {
  const groups: { group: string; members: [string, AttributeValue][] }[] = [];
  for (const entry of entries) {
    const group = /^[^.]+(?=\.)/u.exec(entry[0])?.[0] ?? '';
    const last = groups.at(-1);
    if (last?.group === group) last.members.push(entry);
    else groups.push({ group, members: [entry] });
  }
  return groups;
}

export function AttributeTable({
  attributes,
}: {
  attributes: readonly (readonly [string, AttributeValue])[];
}) {
  if (attributes.length === 0) return null;
  return (
    <table class="attributes">
      <tbody>
        {attributes.map(([key, value]) => (
          <tr key={key}>
            <th scope="row">
              <bdi>{key}</bdi>
            </th>
            <td>
              <Value of={value} />
              <CopyButton what={`Value of ${key}`} text={String(value)} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** How many attributes of an event, a link, or a log record the limits of the SDK dropped. */
export function DroppedAttributes({ count = 0 }: { count: number | undefined }) {
  return count > 0 ? <>, without {counted(count, 'attribute')} that the SDK dropped</> : null;
}

/** Longer texts are shortened until the reader asks for the rest. */
const MAX_CHARACTERS = 400;

function Value({ of: value }: { of: AttributeValue }) {
  const showsAll = useSignal(false);
  const text = useRef<HTMLElement>(null);
  if (typeof value !== 'string') return <code class={`value ${typeof value}`}>{String(value)}</code>;
  const isCut = value.length > MAX_CHARACTERS && !showsAll.value;
  return (
    <>
      <bdi class="value" ref={text} tabIndex={value.length > MAX_CHARACTERS ? -1 : undefined}>
        {isCut ? `${value.slice(0, MAX_CHARACTERS)}…` : value === '' ? <em>empty</em> : value}
      </bdi>
      {isCut && (
        <ShowAll is={showsAll} within={text}>
          Show all {grouped(value.length)} characters
        </ShowAll>
      )}
    </>
  );
}
