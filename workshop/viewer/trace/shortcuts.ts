import { bindKeys, type KeyBinding } from '../frame/keys.tsx';
import { find, findInput, nextHit } from './find.ts';
import { closeDetails, goTo, goToPlace, keepFocus } from './scrolling.ts';
import {
  errorsOnly,
  findText,
  focusRow,
  foldTo,
  openLevels,
  openSpans,
  pan,
  placeOf,
  rowIndexes,
  rows,
  showsPath,
  view,
  zoomBy,
  zoomTo,
} from './state.ts';

/** Goes so many rows on. */
function goBy(step: number): void {
  goToPlace((placeOf.value.get(focusRow.value ?? '') ?? 0) + step);
}

/** Goes to the next row of which something is true, round and round. */
function goToNext(isMatch: (row: (typeof rows.value)[number]) => boolean): void {
  const from = (rowIndexes.value.get(focusRow.value ?? '') ?? -1) + 1;
  const inTurn = [...rows.value.slice(from), ...rows.value.slice(0, from)];
  const next = inTurn.find(isMatch);
  if (next) goTo(next.span.spanId);
}

/** Keys of the page, none of which leaves the focus nowhere. */
function bindPageKeys(...bindings: KeyBinding[]): void {
  bindKeys(
    ...bindings.map(({ run, ...binding }) => ({
      ...binding,
      ...(run && { run: (event: KeyboardEvent) => keepFocus(() => run(event)) }),
    })),
  );
}

/** Keys that act on the rows, and so mean nothing where events are listed: there they scroll, as anywhere. */
function bindRowKeys(...bindings: KeyBinding[]): void {
  bindPageKeys(...bindings.map((binding) => ({ ...binding, isActive: () => view.value === 'timeline' })));
}

/** Gives the keys of the trace page their meaning; where Jaeger has a key for the same, it is that. */
export function bindTraceKeys(): void {
  bindRowKeys(
    { keys: ['j', 'ArrowDown', 's'], description: 'next row', run: () => goBy(1) },
    { keys: ['k', 'ArrowUp', 'w'], description: 'row before', run: () => goBy(-1) },
    { keys: ['Home', 'End'], description: 'on a row: first row, last row' },
    { keys: ['ArrowRight'], description: 'open what is below a row', run: () => goBy(0) },
    { keys: ['ArrowLeft'], description: 'fold it, or go to the row above it in the tree', run: () => goBy(0) },
    { keys: ['Enter', ' '], description: 'show or hide the details of a row', run: () => goBy(0) },
  );
  bindPageKeys(
    { keys: ['/'], description: 'find spans', run: () => findInput.current?.current?.select() },
    { keys: ['n', 'f'], description: 'next span found', run: () => nextHit(1) },
    { keys: ['N', 'b'], description: 'span found before', run: () => nextHit(-1) },
    { keys: ['Enter', 'Shift+Enter'], description: 'in Find: next span found, and the one before' },
    { keys: ['e'], description: 'next error', run: () => goToNext(({ span }) => span.error) },
    { keys: ['g'], description: 'next gap', run: () => goToNext(({ gaps }) => gaps.length > 0) },
    { keys: ['E'], description: 'errors only', run: () => (errorsOnly.value = !errorsOnly.value) },
    {
      keys: ['v'],
      description: 'timeline or events',
      run: () => (view.value = view.value === 'events' ? 'timeline' : 'events'),
    },
  );
  bindRowKeys(
    { keys: ['c'], description: 'critical path', run: () => (showsPath.value = !showsPath.value) },
    { keys: ['+', '='], description: 'a shorter stretch of time', run: () => zoomBy(0.5) },
    { keys: ['-'], description: 'a longer stretch of time', run: () => zoomBy(2) },
    { keys: ['a'], description: 'earlier', run: () => pan(-0.25) },
    { keys: ['d'], description: 'later', run: () => pan(0.25) },
    {
      keys: ['ArrowLeft', 'ArrowRight'],
      description: 'on an end of the part shown, or on the edge of the names: move it',
    },
    { keys: ['['], description: 'open all', run: () => foldTo(Infinity) },
    { keys: [']'], description: 'fold all', run: () => foldTo(1) },
    { keys: ['o'], description: 'open one level', run: () => foldTo(openLevels() + 1) },
    { keys: ['p'], description: 'fold one level', run: () => foldTo(openLevels() - 1) },
  );
  bindPageKeys(
    { keys: ['0'], description: 'the whole trace', run: () => zoomTo(undefined) },
    { keys: ['Escape'], description: 'close all details, or clear the search', run: clear },
  );
}

function clear(): void {
  if (view.value === 'timeline' && openSpans.value.size > 0) closeDetails([...openSpans.value]);
  else if (findText.value !== '') find('');
}
