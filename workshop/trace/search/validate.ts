import { parseGoDuration } from '../go-duration.ts';
import type { SearchQuery } from './query.ts';
import { parseTags } from './tags.ts';

/** For every invalid part of a query, a sentence that says what to write instead. */
export type QueryErrors = Partial<Record<keyof SearchQuery, string>>;

/** Checks a query; returns an empty object if it is valid. */
export function validateQuery({ tags, minDuration, maxDuration, limit }: SearchQuery): QueryErrors {
  const parsed = parseTags(tags);
  const queryErrors: QueryErrors = {
    ...('problem' in parsed && { tags: parsed.problem }),
    ...(!isDuration(minDuration) && { minDuration: invalidDuration(minDuration) }),
    ...(!isDuration(maxDuration) && { maxDuration: invalidDuration(maxDuration) }),
    ...(!isLimit(limit) && { limit: 'Set the limit to a number from 1 to 9999, such as 20.' }),
  };
  const leastUs = parseGoDuration(minDuration);
  const mostUs = parseGoDuration(maxDuration);
  if (leastUs && mostUs && leastUs > mostUs) {
    queryErrors.maxDuration = `The shortest duration, ${minDuration}, is longer than the longest, ${maxDuration}.`;
  }
  return queryErrors;
}

/** Whether a text is a valid limit: the maximum number of traces. */
export function isLimit(text: string): boolean {
  return /^[1-9]\d{0,3}$/.test(text);
}

function isDuration(text: string): boolean {
  return text === '' || parseGoDuration(text) !== undefined;
}

function invalidDuration(text: string): string {
  return `"${text}" is not a duration: write a number with its unit, such as 1.2s, 100ms, or 5us.`;
}
