import { type Signal, useSignal } from '@preact/signals';
import type { ComponentChildren, RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { formatDuration } from '../../trace/duration.ts';
import { gapPhrases } from '../../trace/lane.ts';
import type { Attributes, AttributeValue, Span } from '../../trace/model.ts';
import { counted, grouped, percent } from '../../trace/numbers.ts';
import { durationText, selfText } from '../../trace/waterfall.ts';
import type { Row } from '../../trace/waterfall.ts';
import { serviceClass } from '../frame/colours.ts';
import { CopyButton } from '../frame/copy.tsx';
import { shortId, traceUrl } from '../../trace/ids.ts';
import { clockTime } from '../frame/times.ts';
import { closeDetails, goTo, setDetailHeight } from './scrolling.ts';
import { parents, rows, waterfall } from './state.ts';

/** The details of a span, below its row. */
export function Details({ index, place, top }: { index: number; place: number; top: number }) {
  const element = useRef<HTMLDivElement>(null);
  const row = rows.value[index]!;
  const { span } = row;

  useLayoutEffect(() => {
    const measure = () => setDetailHeight(span.spanId, element.current!.offsetHeight);
    measure();
    const resizing = new ResizeObserver(measure);
    resizing.observe(element.current!);
    return () => resizing.disconnect();
  }, [span.spanId]);

  return (
    <div
      class={`details ${serviceClass(span.service)}`}
      role="row"
      aria-rowindex={place + 2}
      aria-level={row.depth + 2}
      data-span={span.spanId}
      ref={element}
      style={{ top: `${top}px` }}
    >
      <div role="gridcell">
        <Facts row={row} index={index} />
        <Notes row={row} />
        <div class="columns">
          <AttributeGroups
            title="Attributes"
            attributes={span.attributes}
            empty="This span has no attributes."
          />
          <div>
            <Events row={row} />
            <Links span={span} />
            <AttributeGroups
              title="Resource"
              attributes={span.resource}
              empty="The resource has no other attributes."
            />
          </div>
        </div>
        <p class="detail-actions">
          <CopyButton
            what="Link to this span"
            label="Copy link"
            text={() => location.origin + traceUrl(span.traceId, span.spanId)}
          />
          <CopyButton what="Span" label="Copy as JSON" text={() => JSON.stringify(plain(span), null, 2)} />
          <button type="button" class="button" onClick={() => closeDetails([span.spanId])}>
            Close
          </button>
        </p>
      </div>
    </div>
  );
}

/** A span as a plain object, for copying. */
function plain(span: Span): Span {
  const { traceId, spanId, parentId, name, service, kind, startUs, durationUs, error, statusMessage } = span;
  const { traceState, scope, scopeVersion, attributes, events, links, resource, warnings } = span;
  return {
    traceId,
    spanId,
    ...(parentId !== undefined && { parentId }),
    name,
    service,
    kind,
    startUs,
    durationUs,
    error,
    statusMessage,
    traceState,
    scope,
    scopeVersion,
    attributes,
    events,
    links,
    resource,
    warnings,
  };
}

function Facts({ row, index }: { row: Row; index: number }) {
  const { span } = row;
  const parent = rows.value[parents.value[index]!];
  return (
    <dl class="facts">
      <Fact name="Service">
        <bdi>{span.service}</bdi>
      </Fact>
      <Fact name="Kind">{span.kind}</Fact>
      <Fact name="Starts">
        {formatDuration(row.offsetUs)} <small>at {clockTime(span.startUs)}</small>
      </Fact>
      <Fact name="Duration">{durationText(row)}</Fact>
      <Fact name="Self time">
        {selfText(row)} <small>{percent(row.selfUs, waterfall.value.durationUs)} of the trace</small>
      </Fact>
      <Fact name="Status">{span.error ? <strong class="failed">error</strong> : 'no error'}</Fact>
      {span.scope !== '' && (
        <Fact name="Scope">
          <bdi>{span.scope}</bdi> <small>{span.scopeVersion}</small>
        </Fact>
      )}
      {span.traceState !== '' && (
        <Fact name="Trace state">
          <code>{span.traceState}</code>
        </Fact>
      )}
      <Fact name="Parent">
        {parent ? (
          <button type="button" class="link" onClick={() => goTo(parent.span.spanId)}>
            <bdi>{parent.span.name}</bdi>
          </button>
        ) : span.parentId === undefined ? (
          'none (root span)'
        ) : (
          <code>{span.parentId}</code>
        )}
      </Fact>
      <Fact name="Span id">
        <code>{span.spanId}</code> <CopyButton what="Span id" text={span.spanId} />
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** The error message, gaps, and warnings of a span. */
function Notes({ row }: { row: Row }) {
  const { span, warnings, gaps } = row;
  const isNote = span.statusMessage !== '' || warnings.length > 0 || gaps.length > 0;
  if (!isNote) return null;
  return (
    <ul class="notes">
      {span.statusMessage !== '' && (
        <li class="error">
          <bdi>{span.statusMessage}</bdi>
        </li>
      )}
      {gaps.map((gap) => (
        <li class="gap-note" key={gap.offsetUs}>
          {gapPhrases(row, gap)[0]}, starting at {formatDuration(gap.offsetUs)}.
        </li>
      ))}
      {warnings.map(({ kind, text, more }) => (
        <li class="warning" key={kind}>
          {text}.
          {more && (
            <p>
              <bdi>{more}</bdi>.
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}

function Events({ row: { span } }: { row: Row }) {
  const { events } = span;
  if (events.length === 0) return null;
  return (
    <section class="detail-section">
      <h2>
        Events <small>{events.length}</small>
      </h2>
      <ol class="event-list">
        {events.map(({ name, timeUs, attributes }, index) => (
          <li key={index}>
            <p>
              <strong>
                <bdi>{name || 'event'}</bdi>
              </strong>{' '}
              <small>
                {formatDuration(timeUs - span.startUs)} after the span started, at{' '}
                {formatDuration(timeUs - waterfall.value.startUs)}
              </small>
            </p>
            <AttributeTable attributes={Object.entries(attributes)} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Links({ span: { links } }: { span: Span }) {
  if (links.length === 0) return null;
  return (
    <section class="detail-section">
      <h2>
        Links <small>{links.length}</small>
      </h2>
      <ul class="link-list">
        {links.map(({ traceId, spanId }) => (
          <li key={traceId + spanId}>
            <a href={traceUrl(traceId, spanId)}>
              span <code>{spanId}</code> of trace <code>{shortId(traceId)}</code>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** More attributes than this are shown only on request. */
const MAX_ATTRIBUTES = 60;

/** Attributes grouped by the part of their key before the first dot: http, url, db, and so on. */
function AttributeGroups({
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
function ShowAll({
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
  return (
    <button type="button" class="button" onClick={show}>
      {children}
    </button>
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

function AttributeTable({ attributes }: { attributes: readonly (readonly [string, AttributeValue])[] }) {
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
