import { signal } from '@preact/signals';
import { ago } from './times.ts';

const MINUTE_MS = 60_000;
const SLOW_MS = 10_000;

const everySecond = signal(0);
const everyTenSeconds = signal(0);
setInterval(() => {
  everySecond.value++;
  everyTenSeconds.value = Math.floor(Date.now() / SLOW_MS);
}, 1_000);

/**
 * How long ago a time was, such as "12 s ago", in µs since 1970. What reads it is drawn again when the text may have
 * changed: every second in the first minute.
 */
export function agoNow(us: number): string {
  const isRecent = Date.now() - us / 1_000 < MINUTE_MS;
  void (isRecent ? everySecond : everyTenSeconds).value;
  return ago(us, Date.now());
}
