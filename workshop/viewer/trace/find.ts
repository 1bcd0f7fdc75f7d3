/** Finds spans: the search text, and navigation between matches. */
import { createRef } from 'preact';
import { goTo } from './scrolling.ts';
import { hits } from './filters.ts';
import { focused } from './shown.ts';
import { rowIndexes, rows } from './state.ts';

/** The search field, for the key that focuses it. */
export const findInput = createRef<HTMLInputElement>();

/** Goes to the next match, or with −1 to the previous one, and wraps around at the end. */
export function nextHit(step: 1 | -1): void {
  const found = hits.value;
  if (!found?.length) return;
  const from = rowIndexes.value.get(focused.value ?? '') ?? -1;
  const next = step === 1 ? found.find((index) => index > from) : found.findLast((index) => index < from);
  const isTyping = findInput.current === document.activeElement;
  goTo(rows.value[next ?? found.at(step === 1 ? 0 : -1)!]!.span.spanId, { isTyping });
}
