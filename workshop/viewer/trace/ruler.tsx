import { ticksOf } from '../../trace/ticks.ts';
import { followPointer } from '../frame/drag.ts';
import { LogMarks } from './log-marks.tsx';
import { laneWidth } from './scrolling.ts';
import { laneMeter, nameWidth, resizeNames } from './sizes.ts';
import { spanLogs } from './logs.ts';
import { percentOf, range } from './zoom.ts';

const LABEL_MARGIN_PX = 8;

/** The column headings; the last one is the time axis, with marks for the log lines outside all spans. */
export function Ruler() {
  return (
    <div class="row ruler">
      <div class="name-cell" aria-hidden="true">
        Span
      </div>
      <Divider />
      <div class="self-cell" aria-hidden="true">
        Self time
      </div>
      <div class="lane" aria-hidden="true">
        {rulerTicks()
          .filter(({ us, text }) => hasRoom(us, text))
          .map(({ us, text }) => (
            <span key={us} style={{ left: `${percentOf(us)}%` }}>
              {text}
            </span>
          ))}
        <LogMarks of={spanLogs.value.get('') ?? []} where="Outside all spans: " />
      </div>
    </div>
  );
}

/** The lines of the time axis through all rows. */
export function TickLines() {
  return (
    <div class="row tick-lines" aria-hidden="true">
      <div class="name-cell" />
      <div class="self-cell" />
      <div class="lane">
        {rulerTicks().map(({ us }) => (
          <i key={us} style={{ left: `${percentOf(us)}%` }} />
        ))}
      </div>
    </div>
  );
}

/** Whether the label of a tick fits right of its line, where all of them are. */
function hasRoom(us: number, text: string): boolean {
  const roomPx = (1 - percentOf(us) / 100) * laneWidth.value;
  return laneMeter()(text) + LABEL_MARGIN_PX <= roomPx;
}

/** The ticks of the time axis, as many as there is room for. */
function rulerTicks() {
  const { fromUs, toUs } = range.value;
  const room = Math.floor(laneWidth.value / (laneMeter()('00.000 ms') * 1.2));
  return ticksOf(fromUs, toUs, Math.max(1, Math.min(10, room)));
}

/** Resizes the name column with the pointer or the arrow keys. */
function Divider() {
  return (
    <div
      class="divider"
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label="Width of the name column"
      aria-valuenow={Math.round(nameWidth.value)}
      onPointerDown={drag}
      onKeyDown={step}
    />
  );
}

function drag(event: PointerEvent): void {
  const from = event.clientX - nameWidth.value;
  followPointer(event, ({ clientX }) => resizeNames(clientX - from));
}

function step(event: KeyboardEvent): void {
  const by = { ArrowLeft: -20, ArrowRight: 20 }[event.key];
  if (by === undefined) return;
  event.preventDefault();
  resizeNames(nameWidth.value + by);
}
