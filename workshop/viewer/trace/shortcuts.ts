import { bindKeys, type KeyBinding } from '../frame/keys.tsx';
import { findInput, nextHit } from './find.ts';
import { partKeys, setShown } from './parts.tsx';
import { closeDetails, goTo, goToPlace, keepFocus } from './scrolling.ts';
import { errorsOnly, findText } from './filters.ts';
import { focusRow, foldTo, openLevels, openSpans, placeOf } from './shown.ts';
import { explains, rowIndexes, rows, setExplains, showsPath, view } from './state.ts';
import { pan, zoomBy, zoomTo } from './zoom.ts';

/** Moves by a number of rows. */
function goBy(step: number): void {
  goToPlace((placeOf.value.get(focusRow.value ?? '') ?? 0) + step);
}

/** Goes to the next row that matches, and wraps around at the end. */
function goToNext(isMatch: (row: (typeof rows.value)[number]) => boolean): void {
  const from = (rowIndexes.value.get(focusRow.value ?? '') ?? -1) + 1;
  const inTurn = [...rows.value.slice(from), ...rows.value.slice(0, from)];
  const next = inTurn.find(isMatch);
  if (next) goTo(next.span.spanId);
}

/** Binds keys that may remove the element with the focus; the focus then moves to a row. */
function bindPageKeys(group: string, ...bindings: KeyBinding[]): void {
  bindKeys(
    ...bindings.map(({ run, ...binding }) => ({
      ...binding,
      group,
      ...(run && { run: (event: KeyboardEvent) => keepFocus(() => run(event)) }),
    })),
  );
}

/** Binds keys that act on rows. In the list of events they keep their usual meaning, such as scrolling. */
function bindRowKeys(group: string, ...bindings: KeyBinding[]): void {
  bindPageKeys(
    group,
    ...bindings.map((binding) => ({ ...binding, isActive: () => view.value === 'timeline' })),
  );
}

/** Binds the keys of the trace page. They are the same as Jaeger's where Jaeger has them. */
export function bindTraceKeys(): void {
  bindRowKeys(
    'Rows',
    { keys: ['j', 'ArrowDown', 's'], description: 'next row', run: () => goBy(1) },
    { keys: ['k', 'ArrowUp', 'w'], description: 'previous row', run: () => goBy(-1) },
    { keys: ['Home', 'End'], description: 'first or last row, when a row has the focus' },
    { keys: ['ArrowRight'], description: 'expand a row', run: () => goBy(0) },
    { keys: ['ArrowLeft'], description: 'collapse it, or go to its parent', run: () => goBy(0) },
    { keys: ['Enter', ' '], description: 'show or hide details', run: () => goBy(0) },
    { keys: ['['], description: 'expand all', run: () => foldTo(Infinity) },
    { keys: [']'], description: 'collapse all', run: () => foldTo(1) },
    { keys: ['o'], description: 'expand one level', run: () => foldTo(openLevels() + 1) },
    { keys: ['p'], description: 'collapse one level', run: () => foldTo(openLevels() - 1) },
  );
  bindPageKeys(
    'Find',
    { keys: ['/'], description: 'find spans', run: startFinding },
    { keys: ['n', 'f'], description: 'next match', run: () => nextHit(1) },
    { keys: ['N', 'b'], description: 'previous match', run: () => nextHit(-1) },
    { keys: ['Enter', 'Shift+Enter'], description: 'in the search field: next or previous match' },
    { keys: ['e'], description: 'next error', run: () => goToNext(({ span }) => span.error) },
    { keys: ['E'], description: 'errors only', run: () => (errorsOnly.value = !errorsOnly.value) },
    { keys: ['Escape'], description: 'close all details, or clear the search', run: clear },
  );
  bindPageKeys(
    'Explain',
    { keys: ['i'], description: 'explain the trace', run: () => setExplains(!explains.value) },
    { keys: ['g'], description: 'next gap', run: () => goToNext(({ gaps }) => gaps.length > 0) },
  );
  bindRowKeys('Explain', {
    keys: ['c'],
    description: 'critical path',
    run: () => (showsPath.value = !showsPath.value),
  });
  bindRowKeys(
    'Time',
    { keys: ['+', '='], description: 'zoom in', run: () => zoomBy(0.5) },
    { keys: ['-'], description: 'zoom out', run: () => zoomBy(2) },
    { keys: ['a'], description: 'move back', run: () => pan(-0.25) },
    { keys: ['d'], description: 'move forward', run: () => pan(0.25) },
    { keys: ['ArrowLeft', 'ArrowRight'], description: 'on a handle or the edge of the names: move it' },
  );
  bindPageKeys('Time', { keys: ['0'], description: 'the whole trace', run: () => zoomTo(undefined) });
  bindPageKeys('Show', ...partKeys, {
    keys: ['v'],
    description: 'timeline or events',
    run: () => (view.value = view.value === 'events' ? 'timeline' : 'events'),
  });
}

/** Focuses the search field before the next key. If the toolbar is hidden, it is drawn first, in an earlier microtask. */
function startFinding(): void {
  setShown('toolbar', true);
  queueMicrotask(() => findInput.current?.select());
}

function clear(): void {
  if (view.value === 'timeline' && openSpans.value.size > 0) closeDetails([...openSpans.value]);
  else if (findText.value !== '') findText.value = '';
}
