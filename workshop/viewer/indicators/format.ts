/** Values of indicators as text. A value that is missing is a dash. */
import { formatDuration, tableFormatter } from '../../trace/duration.ts';

const none = '–';

/** Requests per second: `0.3/s`, `12/s`. */
export function rateText(rate: number | null): string {
  return rate === null ? none : `${rounded(rate)}/s`;
}

/** A share from 0 to 1 in percent: `0.4 %`, `12 %`. */
export function shareText(share: number | null): string {
  return share === null ? none : `${rounded(share * 100)} %`;
}

/** A duration in s: `3.2 ms`, `412 ms`. */
export function secondsText(seconds: number | null): string {
  return seconds === null ? none : formatDuration(seconds * 1_000_000);
}

/** Returns a function that formats durations of one table, all in s. */
export function secondsFormatter(seconds: Iterable<number | null>): (seconds: number | null) => string {
  const format = tableFormatter([...seconds].map((each) => (each ?? 0) * 1_000_000));
  return (each) => (each === null ? none : format(each * 1_000_000));
}

/** With one digit after the point below 10, as long as it isn't 0. */
function rounded(value: number): string {
  const digits = value >= 9.95 ? 0 : 1;
  return value.toFixed(digits).replace(/\.0$/, '');
}
