import { counted } from '../../trace/numbers.ts';

/** Created on first use, because the first use of `Intl` takes 20 ms in a new page. */
let day: Intl.DateTimeFormat | undefined;

/**
 * A time in the reader's time zone to the millisecond, `14:05:33.123`, with the date in the reader's locale unless it
 * is on the same day as `now`. Takes µs since 1970, and `now` in ms.
 */
export function clockTime(us: number, now = Date.now()): string {
  const time = new Date(us / 1_000);
  if (Number.isNaN(time.valueOf())) return '?';
  const parts = [time.getHours(), time.getMinutes(), time.getSeconds()];
  const seconds = parts.map((part) => String(part).padStart(2, '0')).join(':');
  const clock = `${seconds}.${String(time.getMilliseconds()).padStart(3, '0')}`;
  if (time.toDateString() === new Date(now).toDateString()) return clock;
  day ??= new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
  return `${day.format(time)}, ${clock}`;
}

/** How long ago a time was, in one unit: `12 s ago`. Takes µs since 1970. */
export function ago(us: number, now = Date.now()): string {
  const seconds = Math.round((now - us / 1_000) / 1_000);
  if (seconds < 0) return 'in the future';
  if (seconds < 60) return seconds < 2 ? 'just now' : `${seconds} s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ago`;
  return `${counted(Math.floor(seconds / 86_400), 'day')} ago`;
}
