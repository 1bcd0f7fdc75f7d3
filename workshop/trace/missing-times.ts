import type { MissingTimes, Span } from './model.ts';

/**
 * What is said about a span whose times are not set. Jaeger's JSON, which has no field for it, carries these sentences as
 * warnings.
 */
export const missingTimes: Readonly<Record<MissingTimes, string>> = {
  start: 'has no start: it was sent without the time at which it started',
  end: 'has no end: it was sent before it ended',
  times: 'has no times: it was sent without its start and its end',
};

/** Which times are missing according to the warnings of a span in Jaeger's JSON. */
export function missingTimesIn(warnings: readonly string[]): MissingTimes | undefined {
  const kinds = Object.keys(missingTimes) as MissingTimes[];
  return kinds.find((kind) => warnings.includes(missingTimes[kind]));
}

/** Whether the start or the end of a span is not set. */
export function lacks({ missingTimes: missing }: Span, time: 'start' | 'end'): boolean {
  return missing === time || missing === 'times';
}
