import { counted } from '../../trace/numbers.ts';

/** Shown for a time that isn't set. */
const NO_TIME = 'no time';

/** Created on first use, because the first use of `Intl` takes 20 ms in a new page. */
let day: Intl.DateTimeFormat | undefined;

/**
 * A time in the reader's time zone to the millisecond, `14:05:33.123`, with the date in the reader's locale unless it
 * is on the same day as `now`. Takes µs since 1970, where 0 is a time that isn't set, and `now` in ms.
 */
export function clockTime(us: number, now = Date.now()): string {
  if (us === 0) return NO_TIME;
  const time = new Date(us / 1_000);
  if (Number.isNaN(time.valueOf())) return '?';
  const parts = [time.getHours(), time.getMinutes(), time.getSeconds()];
  const seconds = parts.map((part) => String(part).padStart(2, '0')).join(':');
  const clock = `${seconds}.${String(time.getMilliseconds()).padStart(3, '0')}`;
  if (time.toDateString() === new Date(now).toDateString()) return clock;
  day ??= new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
  return `${day.format(time)}, ${clock}`;
}

/** How long ago a time was, in one unit: `12 s ago`. Takes µs since 1970, where 0 is a time that isn't set. */
export function ago(us: number, now = Date.now()): string {
  if (us === 0) return NO_TIME;
  const seconds = Math.round((now - us / 1_000) / 1_000);
  if (Math.abs(seconds) < 2) return 'just now';
  return seconds > 0 ? `${inOneUnit(seconds)} ago` : `${inOneUnit(-seconds)} in the future`;
}

function inOneUnit(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h`;
  return counted(Math.floor(seconds / 86_400), 'day');
}
