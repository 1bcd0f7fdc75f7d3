import { formatDuration } from '../../trace/duration.ts';
import { type LogRecord, messageOf } from '../../trace/log-record.ts';
import type { Row } from '../../trace/waterfall.ts';
import { SeverityName } from '../frame/severity.tsx';
import { AttributeTable, DroppedAttributes } from './attributes.tsx';
import { spanLogs } from './logs.ts';
import { DetailSection } from './section.tsx';
import { waterfall } from './state.ts';

/** More log lines than this are shown only on request. */
const MAX_LINES = 50;

/** The log lines of an open span. */
export function LogList({ row: { span } }: { row: Row }) {
  const records = spanLogs.value.get(span.spanId) ?? [];
  if (records.length === 0) return null;
  return (
    <DetailSection title="Log lines" items={records} most={MAX_LINES} what="log line">
      {(visible) => (
        <ol class="event-list">
          {visible.map((record, index) => (
            <LogItem key={index} record={record} spanStartUs={span.startUs} />
          ))}
        </ol>
      )}
    </DetailSection>
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
