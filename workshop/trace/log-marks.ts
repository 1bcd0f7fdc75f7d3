import type { TimeRange } from './lane.ts';
import { formatDuration } from './duration.ts';
import { type LogRecord, messageOf, severityOf } from './log-record.ts';
import { type LogLevel, levelOf } from './log-text.ts';

/** One or more log records at nearly the same time in a lane. */
export interface LogMark {
  /** In percent of the lane. */
  at: number;
  /** Of the most severe of them. */
  level: LogLevel;
  /** What the most severe of them says. */
  title: string;
}

/** Records closer than this share a mark. */
const MARK_PX = 8;

const ranks: Record<LogLevel, number> = { other: 0, warn: 1, error: 2 };

/** The marks of records within a range of the trace, the most severe last, so that it is drawn above the others. */
export function logMarks(
  records: readonly LogRecord[],
  { range, widthPx, traceStartUs }: { range: TimeRange; widthPx: number; traceStartUs: number },
): LogMark[] {
  const places = Math.max(1, Math.floor(widthPx / MARK_PX));
  const byPlace = new Map<number, { record: LogRecord; count: number }>();
  for (const record of records) {
    const share = (record.timeUs - traceStartUs - range.fromUs) / (range.toUs - range.fromUs);
    if (share < 0 || share > 1) continue;
    const place = Math.round(share * places);
    const known = byPlace.get(place);
    if (!known) byPlace.set(place, { record, count: 1 });
    else {
      known.count++;
      if (ranks[levelOf(record)] > ranks[levelOf(known.record)]) known.record = record;
    }
  }
  const marks = [...byPlace.values()].map(({ record, count }) => ({
    at: ((record.timeUs - traceStartUs - range.fromUs) / (range.toUs - range.fromUs)) * 100,
    level: levelOf(record),
    title: titleOf(record, record.timeUs - traceStartUs, count),
  }));
  return marks.toSorted((a, b) => ranks[a.level] - ranks[b.level]);
}

function titleOf(record: LogRecord, offsetUs: number, count: number): string {
  const words = [severityOf(record), messageOf(record).slice(0, 200)].filter(Boolean).join(': ');
  const more = count > 1 ? `\nand ${count - 1} more` : '';
  return `${words} (at ${formatDuration(offsetUs)})${more}`;
}
