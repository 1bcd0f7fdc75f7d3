import { logMarks } from '../../trace/log-marks.ts';
import type { LogRecord } from '../../trace/log-record.ts';
import { laneWidth } from './scrolling.ts';
import { waterfall } from './state.ts';
import { range } from './zoom.ts';

/** A mark for each log record on a lane. Its tooltip can begin with `where` the records are. */
export function LogMarks({ of: records, where = '' }: { of: readonly LogRecord[]; where?: string }) {
  const lane = { range: range.value, widthPx: laneWidth.value, traceStartUs: waterfall.value.startUs };
  return logMarks(records, lane).map(({ at, level, title }) => (
    <i class={`log-mark ${level}`} key={at} title={`${where}${title}`} style={{ left: `${at}%` }} />
  ));
}
