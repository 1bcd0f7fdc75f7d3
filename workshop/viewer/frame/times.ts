/**
 * A time as the reader's clock shows it, to the millisecond, with the date unless it is today. Takes µs since 1970. Only
 * a date needs `Intl`, which takes 20 ms at its first use in a page.
 */
export function clockTime(us: number, now = Date.now()): string {
  const time = new Date(us / 1_000);
  if (Number.isNaN(time.valueOf())) return '?';
  const [hours, minutes, seconds] = [time.getHours(), time.getMinutes(), time.getSeconds()].map(twoDigits);
  const clock = `${hours}:${minutes}:${seconds}.${String(time.getMilliseconds()).padStart(3, '0')}`;
  if (time.toDateString() === new Date(now).toDateString()) return clock;
  return `${time.toLocaleDateString(undefined, { dateStyle: 'medium' })}, ${clock}`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}

/** How long ago a time was, in one unit: `12 s ago`. Takes µs since 1970. */
export function ago(us: number, now = Date.now()): string {
  const seconds = Math.round((now - us / 1_000) / 1_000);
  if (seconds < 0) return 'in the future';
  if (seconds < 60) return seconds < 2 ? 'just now' : `${seconds} s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ago`;
  const days = Math.floor(seconds / 86_400);
  return `${days} day${days === 1 ? '' : 's'} ago`;
}
