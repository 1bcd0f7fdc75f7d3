import { type LogRecord, severityOf } from '../../trace/log-record.ts';
import { levelOf } from '../../trace/log-text.ts';

/** The severity of a log record as a word, after the same mark as on the bars. */
export function SeverityName({ of: record }: { of: LogRecord }) {
  const level = levelOf(record);
  return (
    <span class={`severity ${level}`} title={record.severityText}>
      <span class={`log-mark ${level}`} aria-hidden="true" />
      {severityOf(record) ?? 'log'}
    </span>
  );
}
