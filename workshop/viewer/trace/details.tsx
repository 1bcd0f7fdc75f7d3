import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { droppedText } from '../../trace/dropped.ts';
import { formatDuration } from '../../trace/duration.ts';
import { gapPhrases } from '../../trace/lane.ts';
import { lacks } from '../../trace/missing-times.ts';
import type { Span } from '../../trace/model.ts';
import { percent } from '../../trace/numbers.ts';
import { durationText, type Row, selfText } from '../../trace/waterfall.ts';
import { serviceClass } from '../frame/colors.ts';
import { CopyButton } from '../frame/copy.tsx';
import { traceUrl } from '../../trace/ids.ts';
import { useMeasure } from '../frame/resizing.ts';
import { clockTime } from '../frame/times.ts';
import { Button } from '../frame/button.tsx';
import { AttributeGroups, AttributeTable, DroppedAttributes } from './attributes.tsx';
import { LinkSections } from './links.tsx';
import { LogList } from './log-list.tsx';
import { closeDetails, goTo, setDetailHeight } from './scrolling.ts';
import { parents, rows, waterfall } from './state.ts';

/** The details of a span, below its row. */
export function Details({ index, place, top }: { index: number; place: number; top: number }) {
  const element = useRef<HTMLDivElement>(null);
  const row = rows.value[index]!;
  const { span } = row;

  useMeasure(element, () => setDetailHeight(span.spanId, element.current!.offsetHeight), [span.spanId]);

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
            <LogList row={row} />
            <Events row={row} />
            <LinkSections span={span} />
            <AttributeGroups
              title="Resource"
              attributes={span.resource}
              empty="The resource has no other attributes."
            />
          </div>
        </div>
        <p class="detail-actions strip">
          <CopyButton
            what="Link to this span"
            label="Copy link"
            text={() => location.origin + traceUrl(span.traceId, span.spanId)}
          />
          <CopyButton what="Span" label="Copy as JSON" text={() => jsonOf(span)} />
          <Button onClick={() => closeDetails([span.spanId])}>Close</Button>
        </p>
      </div>
    </div>
  );
}

/** A span as JSON, for copying, without what only the page adds to it. */
function jsonOf(span: Span): string {
  const { missingTimes: _, ...own } = span;
  return JSON.stringify(own, null, 2);
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
        {lacks(span, 'start') ? (
          'not set'
        ) : (
          <>
            {formatDuration(row.offsetUs)} <small>at {clockTime(span.startUs)}</small>
          </>
        )}
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

/** The error message, gaps, and warnings of a span, and what the SDK dropped from it. */
function Notes({ row }: { row: Row }) {
  const { span, warnings, gaps } = row;
  const dropped = droppedText(span);
  const isNote = span.statusMessage !== '' || warnings.length > 0 || gaps.length > 0 || dropped !== '';
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
      {dropped !== '' && <li class="warning">{dropped}.</li>}
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
        {events.map(({ name, timeUs, attributes, droppedAttributes }, index) => (
          <li key={index}>
            <p>
              <strong>
                <bdi>{name || 'event'}</bdi>
              </strong>{' '}
              <small>
                {timeUs === 0
                  ? 'without a time'
                  : `${formatDuration(timeUs - span.startUs)} after the span started, at ${formatDuration(timeUs - waterfall.value.startUs)}`}
                <DroppedAttributes count={droppedAttributes} />
              </small>
            </p>
            <AttributeTable attributes={Object.entries(attributes)} />
          </li>
        ))}
      </ol>
    </section>
  );
}
