import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { formatDuration } from '../../trace/duration.ts';
import { type LogRecord, messageOf } from '../../trace/log-record.ts';
import { counted } from '../../trace/numbers.ts';
import type { Row } from '../../trace/waterfall.ts';
import { SeverityName } from '../frame/severity.tsx';
import { AttributeTable, DroppedAttributes, ShowAll } from './attributes.tsx';
import { spanLogs } from './logs.ts';
import { waterfall } from './state.ts';

/** More log lines than this are shown only on request. */
const MAX_LINES = 50;

/** The log lines of an open span. */
export function LogList({ row: { span } }: { row: Row }) {
  const showsAll = useSignal(false);
  const section = useRef<HTMLElement>(null);
  const records = spanLogs.value.get(span.spanId) ?? [];
  if (records.length === 0) return null;
  const visible = showsAll.value ? records : records.slice(0, MAX_LINES);
  return (
    <section class="detail-section" ref={section} tabIndex={-1}>
      <h2>
        Log lines <small>{records.length}</small>
      </h2>
      <ol class="event-list">
        {visible.map((record, index) => (
          <LogItem key={index} record={record} spanStartUs={span.startUs} />
        ))}
      </ol>
      {visible.length < records.length && (
        <ShowAll is={showsAll} within={section}>
          Show {counted(records.length - visible.length, 'more log line')}
        </ShowAll>
      )}
    </section>
  );
}

function LogItem({ record, spanStartUs }: { record: LogRecord; spanStartUs: number }) {
  const { timeUs, eventName, droppedAttributes } = record;
  const afterUs = timeUs - spanStartUs;
  return (
    <li>
      <p>
        <SeverityName of={record} />{' '}
        <strong>
          <bdi>{messageOf(record)}</bdi>
        </strong>{' '}
        <small>
          {timeUs === 0
            ? 'without a time'
            : `${formatDuration(Math.abs(afterUs))} ${afterUs < 0 ? 'before' : 'after'} the span started, at ${formatDuration(timeUs - waterfall.value.startUs)}`}
          {eventName !== '' && (
            <>
              , event <bdi>{eventName}</bdi>
            </>
          )}
          <DroppedAttributes count={droppedAttributes} />
        </small>
      </p>
      <AttributeTable attributes={Object.entries(record.attributes)} />
    </li>
  );
}
