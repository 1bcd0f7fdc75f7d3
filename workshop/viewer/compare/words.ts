import { formatDuration } from '../../trace/duration.ts';

/** The difference between two durations in words: `13 times as fast`, `8 % slower`. Takes µs. */
export function difference(fromUs: number, toUs: number): string {
  if (fromUs === toUs) return 'same duration';
  if (!(fromUs > 0) || !(toUs > 0)) return `${signed(toUs - fromUs)}`;
  const isFaster = toUs < fromUs;
  const times = isFaster ? fromUs / toUs : toUs / fromUs;
  if (times >= 2)
    return `${times < 10 ? times.toFixed(1) : Math.round(times)} times as ${isFaster ? 'fast' : 'long'}`;
  const percent = Math.abs(toUs - fromUs) / fromUs;
  return `${percent < 0.01 ? 'less than 1' : Math.round(percent * 100)} % ${isFaster ? 'faster' : 'slower'}`;
}

/** A difference in µs with its sign: `+12 ms`, `−5.150 s`. */
export function signed(us: number, format: (us: number) => string = formatDuration): string {
  const text = format(us);
  return us > 0 && !text.startsWith('<') ? `+${text}` : text;
}
