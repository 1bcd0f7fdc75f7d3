import { formatDuration } from '../../trace/duration.ts';
import { isFolded } from '../../trace/folding.ts';
import { laneOf } from '../../trace/lane.ts';
import { counted } from '../../trace/numbers.ts';
import { type Row, selfText } from '../../trace/waterfall.ts';
import { serviceClass } from '../frame/colors.ts';
import { LinkBadge } from './links.tsx';
import { LogMarks } from './log-marks.tsx';
import { errorText } from './highlights.ts';
import { laneWidth } from './scrolling.ts';
import { maxIndent, laneMeter } from './sizes.ts';
import { filterMatches, hitSet } from './filters.ts';
import { spanLogs } from './logs.ts';
import { focused, focusRow, folding, openSpans, setFolded, setOpen } from './shown.ts';
import { criticalPath, errorsBelow, rows, waterfall } from './state.ts';
import { range, wholeUs } from './zoom.ts';

/** A span as a row: its place in the tree, its self time, and its bar. */
export function SpanRow({ index, place, top }: { index: number; place: number; top: number }) {
  const row = rows.value[index]!;
  const { span } = row;
  const id = span.spanId;
  const isOpen = openSpans.value.has(id);
  const hasChildren = row.childCount > 0;
  const folded = isFolded(row, folding.value);
  const classes = [
    'row span-row',
    serviceClass(span.service),
    span.error && 'error',
    isOpen && 'open',
    hitSet.value.has(index) && (focused.value === id ? 'hit current' : 'hit'),
    filterMatches.value?.[index] === 'path' && 'path-only',
  ];
  return (
    <div
      class={classes.filter(Boolean).join(' ')}
      id={`span-${id}`}
      role="row"
      aria-rowindex={place + 2}
      aria-level={row.depth + 1}
      aria-expanded={hasChildren ? !folded : undefined}
      tabIndex={focusRow.value === id ? 0 : -1}
      style={{ top: `${top}px` }}
      onFocus={() => (focused.value = id)}
      onClick={(event) => {
        if ((event.target as HTMLElement).closest('button, a') || String(getSelection()) !== '') return;
        focused.value = id;
        setOpen(id, !isOpen);
      }}
    >
      <NameCell row={row} index={index} folded={folded} />
      <SelfCell row={row} />
      <LaneCell row={row} />
    </div>
  );
}

function NameCell({ row, index, folded }: { row: Row; index: number; folded: boolean }) {
  const { span, depth, childCount } = row;
  const indents = Math.min(depth, maxIndent.value);
  const below = errorsBelow.value[index]!;
  const message = errorText(row);
  return (
    <div class="name-cell" role="gridcell">
      <span class="indent" style={{ '--levels': String(indents) }} />
      {depth > indents && <span class="level">{depth + 1}</span>}
      {childCount > 0 ? (
        <button type="button" class="fold" tabIndex={-1} onClick={() => setFolded(span.spanId, !folded)}>
          <span aria-hidden="true">{folded ? '▸' : '▾'}</span>
          <span class="hidden-text">{folded ? 'Expand' : 'Collapse'} </span>
          <span class="count">{childCount}</span>
          <span class="hidden-text"> children of {span.name}</span>
        </button>
      ) : (
        <span class="leaf" aria-hidden="true" />
      )}
      <span class="what">
        <span class="first-line">
          {span.error && (
            <span class="error-sign" title="This span has an error">
              <span class="hidden-text">error: </span>
            </span>
          )}
          {!span.error && below > 0 && (
            <span class="error-below" title={`${counted(below, 'error')} below`}>
              <span class="hidden-text">{counted(below, 'error')} below: </span>
            </span>
          )}
          {row.warnings.length > 0 && (
            <span class="warning-sign" title={row.warnings.map(({ text }) => text).join('\n')}>
              <span class="hidden-text">warning: </span>
            </span>
          )}
          <bdi class="name cut" title={span.name}>
            {span.name}
          </bdi>
        </span>
        <span class="second-line">
          <span class="service-of">
            <span class="swatch" aria-hidden="true" />
            <bdi class="cut">{span.service}</bdi>
          </span>
          <span class="kind">{span.kind === 'unspecified' ? '' : span.kind}</span>
          <LinkBadge span={span} />
          {message !== '' && (
            <bdi class="message cut" title={message}>
              {message}
            </bdi>
          )}
        </span>
      </span>
    </div>
  );
}

function SelfCell({ row }: { row: Row }) {
  const share = Math.min(1, row.selfUs / wholeUs.value);
  return (
    <div class="self-cell" role="gridcell" title="Time in which nothing below this span ran">
      <span class="hidden-text">self </span>
      {selfText(row)}
      {share >= 0.01 && <span class="share" style={{ width: `${share * 100}%` }} aria-hidden="true" />}
    </div>
  );
}

function LaneCell({ row }: { row: Row }) {
  const { bar, duration, gaps, path, events } = laneOf(row, criticalPath.value.get(row.span.spanId) ?? [], {
    range: range.value,
    widthPx: laneWidth.value,
    traceStartUs: waterfall.value.startUs,
    widthOf: laneMeter(),
  });
  const records = spanLogs.value.get(row.span.spanId) ?? [];
  return (
    <div class="lane" role="gridcell">
      {bar && <span class="bar" style={{ left: `${bar.left}%`, width: `${bar.width}%` }} />}
      {gaps.map((gap) => (
        <span
          class="gap"
          key={gap.left}
          title={gap.title}
          style={{ left: `${gap.left}%`, width: `${gap.width}%` }}
        >
          {gap.text !== '' && <bdi class="gap-text">{gap.text}</bdi>}
        </span>
      ))}
      {path.map(({ left, width }) => (
        <span class="critical" key={left} style={{ left: `${left}%`, width: `${width}%` }} />
      ))}
      {events.map((at, event) => (
        <span class="event-mark" key={event} style={{ left: `${at}%` }} />
      ))}
      <LogMarks of={records} />
      {records.length > 0 && <span class="hidden-text">{counted(records.length, 'log line')}, </span>}
      <span
        class={`duration ${duration.inside ? 'inside' : ''}`}
        style={duration.edge === 'left' ? { left: `${duration.at}%` } : { right: `${100 - duration.at}%` }}
      >
        <span class="hidden-text">starts at {formatDuration(row.offsetUs)}, takes </span>
        {duration.text}
      </span>
    </div>
  );
}
