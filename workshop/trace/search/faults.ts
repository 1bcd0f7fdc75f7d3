import { fromGoDuration } from '../go-duration.ts';
import type { SearchQuery } from './query.ts';
import { parseTags } from './tags.ts';

/** For every part of a query that makes no sense, a sentence that says what to write instead. */
export type Faults = Partial<Record<keyof SearchQuery, string>>;

/** What is wrong with a query; nothing where a backend can answer it. */
export function faultsOf({ tags, minDuration, maxDuration, limit }: SearchQuery): Faults {
  const parsed = parseTags(tags);
  const faults: Faults = {
    ...('problem' in parsed && { tags: parsed.problem }),
    ...(!isDuration(minDuration) && { minDuration: noDuration(minDuration) }),
    ...(!isDuration(maxDuration) && { maxDuration: noDuration(maxDuration) }),
    ...(!isLimit(limit) && { limit: 'The limit is a number of traces, such as 20.' }),
  };
  const leastUs = fromGoDuration(minDuration);
  const mostUs = fromGoDuration(maxDuration);
  if (leastUs && mostUs && leastUs > mostUs) {
    faults.maxDuration = `Nothing takes at least ${minDuration} and at most ${maxDuration}.`;
  }
  return faults;
}

/** Whether this can be a limit: how many traces at most. */
export function isLimit(text: string): boolean {
  return /^[1-9]\d{0,3}$/.test(text);
}

function isDuration(text: string): boolean {
  return text === '' || fromGoDuration(text) !== undefined;
}

function noDuration(text: string): string {
  return `Write a duration as a number with its unit, such as 1.2s, 100ms or 5us; ${text} is none.`;
}
