const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
});

/** A time as the reader's clock shows it, to the millisecond, with the date unless it is today. Takes µs since 1970. */
export function clockTime(us: number, now = Date.now()): string {
  const time = new Date(us / 1_000);
  if (Number.isNaN(time.valueOf())) return '?';
  const isToday = day.format(time) === day.format(now);
  return isToday ? clock.format(time) : `${day.format(time)}, ${clock.format(time)}`;
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

/** `1 span`, `1,000 spans`. */
export function counted(count: number, thing: string): string {
  return `${count.toLocaleString('en')} ${thing}${count === 1 ? '' : 's'}`;
}

/** A share of a whole in percent, where a little is never nothing: `97 %`, `< 1 %`. */
export function percent(part: number, whole: number): string {
  if (!(whole > 0)) return '0 %';
  const share = (part / whole) * 100;
  return share > 0 && share < 1 ? '< 1 %' : `${Math.round(share)} %`;
}
