import { useSignal } from '@preact/signals';
import { Fragment } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { isFolded } from '../../trace/folding.ts';
import { counted } from '../../trace/numbers.ts';
import { Button } from '../frame/button.tsx';
import { Details } from './details.tsx';
import { topOf } from './positions.ts';
import { SpanRow } from './row.tsx';
import { TickLines } from './ruler.tsx';
import {
  drawn,
  followList,
  goTo,
  goToPlace,
  keepFocus,
  laneWidthOnScreen,
  MAX_PRINTED_ROWS,
  setPointer,
  positions,
  rowHeight,
} from './scrolling.ts';
import { errorsOnly, services, showAll } from './filters.ts';
import { focusRow, folding, openSpans, placeOf, setFolded, setOpen, shown } from './shown.ts';
import { parents, rows } from './state.ts';
import { fitDensity, indentWidth, nameWidth } from './sizes.ts';

/** The rows of the waterfall. Only those on the screen are in the document. */
export function Rows() {
  const list = useRef<HTMLDivElement>(null);
  const probe = useRef<HTMLDivElement>(null);
  /** Rows are drawn only after their room has been measured, so that they are laid out once. */
  const isMeasured = useSignal(false);

  useLayoutEffect(() => {
    fitDensity(); // no rows are visible yet, so none can jump
    const measure = () => {
      const [name, , lane] = [...probe.current!.children] as HTMLElement[];
      rowHeight.value = probe.current!.getBoundingClientRect().height;
      nameWidth.value = name!.getBoundingClientRect().width;
      indentWidth.value = name!.querySelector('.indent')!.getBoundingClientRect().width;
      laneWidthOnScreen.value = lane!.getBoundingClientRect().width;
      isMeasured.value = true;
    };
    measure();
    const resizing = new ResizeObserver(measure);
    for (const element of [probe.current!, ...probe.current!.children]) resizing.observe(element);
    return () => resizing.disconnect();
  }, []);
  useEffect(() => followList(list.current!), []);

  const all = rows.value;
  const at = positions.value;
  const unprinted = shown.value.length - MAX_PRINTED_ROWS;
  return (
    <>
      <div
        class="rows"
        role="treegrid"
        aria-label="Spans of the trace"
        aria-rowcount={shown.value.length + 1}
        aria-colcount={3}
        ref={list}
        style={{ height: `${topOf(at, at.count)}px` }}
        onKeyDown={moveByKey}
        onPointerMove={({ clientY }) => setPointer(clientY)}
        onPointerLeave={() => setPointer(undefined)}
      >
        <div role="row" class="hidden-text" aria-rowindex={1}>
          <span role="columnheader">Span</span>
          <span role="columnheader">Self time</span>
          <span role="columnheader">Time</span>
        </div>
        <div class="row probe" aria-hidden="true" ref={probe}>
          <div class="name-cell">
            <span class="indent" style={{ '--levels': '1' }} />
          </div>
          <div class="self-cell" />
          <div class="lane" />
        </div>
        <TickLines />
        {(isMeasured.value ? drawn.value : []).flatMap((place) => {
          const index = shown.value[place]!;
          const { spanId } = all[index]!.span;
          const top = topOf(at, place);
          const row = <SpanRow key={spanId} index={index} place={place} top={top} />;
          if (!openSpans.value.has(spanId)) return [row];
          const below = top + at.rowHeight;
          return [row, <Details key={`details ${spanId}`} index={index} place={place} top={below} />];
        })}
      </div>
      {all.length > 0 && shown.value.length === 0 && <NoMatchingRows />}
      {unprinted > 0 && (
        <p class="paper-only">
          … {counted(unprinted, 'more span')} on the page. Collapse or filter spans to print others.
        </p>
      )}
    </>
  );
}

/** Shown instead of the rows if none matches the filter. */
function NoMatchingRows() {
  const names = [...services.value];
  return (
    <p class="empty-view" role="status">
      No span of this trace{' '}
      {names.length > 0 && (
        <>
          is from{' '}
          {names.map((name, index) => (
            <Fragment key={name}>
              {index > 0 && ' or '}
              <bdi>{name}</bdi>
            </Fragment>
          ))}
        </>
      )}
      {names.length > 0 && errorsOnly.value && ' and '}
      {errorsOnly.value && 'has an error'}.{' '}
      <Button onClick={() => keepFocus(showAll)}>Show all {counted(rows.value.length, 'span')}</Button>
    </p>
  );
}

/** The keys of a tree grid according to the ARIA Authoring Practices ("Treegrid", keyboard interaction). */
function moveByKey(event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  if (!target.classList.contains('span-row') || event.ctrlKey || event.altKey || event.metaKey) return;
  const place = placeOf.value.get(focusRow.value ?? '') ?? 0;
  const index = shown.value[place]!;
  const row = rows.value[index]!;
  const id = row.span.spanId;
  const steps: Record<string, () => void> = {
    ArrowDown: () => goToPlace(place + 1),
    ArrowUp: () => goToPlace(place - 1),
    Home: () => goToPlace(0),
    End: () => goToPlace(shown.value.length - 1),
    Enter: () => setOpen(id, !openSpans.value.has(id)),
    ' ': () => setOpen(id, !openSpans.value.has(id)),
    ArrowRight: () => {
      if (isFolded(row, folding.value)) setFolded(id, false);
      else if (row.childCount > 0) goToPlace(place + 1);
    },
    ArrowLeft: () => {
      const parent = rows.value[parents.value[index]!];
      if (row.childCount > 0 && !isFolded(row, folding.value)) setFolded(id, true);
      else if (parent) goTo(parent.span.spanId);
    },
  };
  const step = Object.hasOwn(steps, event.key) ? steps[event.key] : undefined;
  if (!step) return;
  event.preventDefault();
  step();
}
