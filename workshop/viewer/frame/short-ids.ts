import { signal } from '@preact/signals';
import { shortId } from '../../trace/ids.ts';
import type { IdDigits } from '../../trace/page-data.ts';

const digits = signal<IdDigits>({});

/** Adds the ids on this page that need more digits than others. */
export function addIdDigits(added: IdDigits): void {
  if (Object.keys(added).length > 0) digits.value = { ...digits.peek(), ...added };
}

/** A trace id with as many digits as tell it from all others. The id field finds the trace by them. */
export function shownId(traceId: string): string {
  return shortId(traceId, digits.value[traceId]);
}
