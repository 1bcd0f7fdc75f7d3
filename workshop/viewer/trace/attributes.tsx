import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { Attributes, AttributeValue } from '../../trace/model.ts';
import { counted, grouped } from '../../trace/numbers.ts';
import { CopyButton } from '../frame/copy.tsx';
import { DetailSection, ShowAll } from './section.tsx';

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
  const entries = Object.entries(attributes).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return (
    <DetailSection title={title} items={entries} most={MAX_ATTRIBUTES} what="attribute">
      {(visible) => (
        <>
          {entries.length === 0 && <p class="empty">{empty}</p>}
          {groupsOf(visible).map(({ group, members }) => (
            <AttributeTable key={group} attributes={members} />
          ))}
        </>
      )}
    </DetailSection>
  );
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
