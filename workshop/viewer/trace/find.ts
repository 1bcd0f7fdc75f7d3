/** Finds spans: the search text, and navigation between matches. */
import type { RefObject } from 'preact';
import { goTo } from './scrolling.ts';
import { findText, hits } from './filters.ts';
import { focused } from './shown.ts';
import { rowIndexes, rows } from './state.ts';

/** The search field, for the key that focuses it. */
export const findInput: { current: RefObject<HTMLInputElement | null> | undefined } = { current: undefined };

export function find(text: string): void {
  findText.value = text;
}

/** Goes to the next match, or with −1 to the previous one, and wraps around at the end. */
export function nextHit(step: 1 | -1): void {
  const found = hits.value;
  if (!found?.length) return;
  const from = focused.value === undefined ? undefined : rowIndexes.value.get(focused.value);
  const isTyping = findInput.current?.current === document.activeElement;
  goTo(rows.value[found[nextIn(found, from, step)]!]!.span.spanId, { isTyping });
}

function nextIn(found: readonly number[], from: number | undefined, step: 1 | -1): number {
  if (from === undefined) return step === 1 ? 0 : found.length - 1;
  if (step === 1)
    return Math.max(
      0,
      found.findIndex((index) => index > from),
    );
  const before = found.findLastIndex((index) => index < from);
  return before < 0 ? found.length - 1 : before;
}
