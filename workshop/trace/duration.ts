/**
 * A duration for people: `85 µs`, `1.2 ms`, `412 ms`, `5.150 s`, `2 min 3 s`, `1 h 2 min`.
 *
 * Seconds always keep their milliseconds, because it is by those that a child differs from its parent: 5150 ms and
 * 5142 ms are `5.150 s` and `5.142 s`. Where that is not enough, give the duration which stands beside this one as
 * `besideUs`: two that differ then get as many more digits as it takes to read differently, down to the µs.
 *
 * Takes µs. A negative duration starts with a minus sign (U+2212), what is not a finite number reads `?`.
 */
export function formatDuration(us: number, besideUs = us): string {
  for (let moreDigits = 0; ; moreDigits++) {
    const text = withDigits(us, moreDigits);
    if (us === besideUs || moreDigits === 7 || text !== withDigits(besideUs, moreDigits)) return text;
  }
}

const ms = 1_000;
const s = 1_000_000;
const min = 60 * s;
const h = 60 * min;

/** The first unit that fits after rounding, so that 999.7 ms is `1.000 s` and never `1000 ms`. */
function withDigits(us: number, moreDigits: number): string {
  if (!Number.isFinite(us)) return '?';
  if (us < 0) return `−${withDigits(-us, moreDigits)}`;
  const inUnit = (unit: number, digits: number) => (us / unit).toFixed(digits);
  const isBelow = (limit: number, unit: number, digits: number) =>
    Math.round((us / unit) * 10 ** digits) < limit * 10 ** digits;

  const ofMs = Math.min(moreDigits, 3);
  const ofFewMs = Math.min(moreDigits + 1, 3);
  const ofS = Math.min(moreDigits + 3, 6);
  if (isBelow(1_000, 1, 0)) return `${inUnit(1, Number.isInteger(us) ? 0 : moreDigits)} µs`;
  if (isBelow(10, ms, ofFewMs)) return `${inUnit(ms, ofFewMs)} ms`;
  if (isBelow(1_000, ms, ofMs)) return `${inUnit(ms, ofMs)} ms`;
  if (isBelow(60, s, ofS)) return `${inUnit(s, ofS)} s`;
  return inParts(us, moreDigits);
}

/** Whole seconds below an hour and whole minutes above; the first of more digits brings the seconds back. */
function inParts(us: number, moreDigits: number): string {
  const ofS = us < h ? moreDigits : moreDigits - 1;
  const step = ofS < 0 ? min : s / 10 ** ofS;
  const rounded = Math.round(us / step) * step;
  const hours = Math.floor(rounded / h);
  const minutes = Math.floor((rounded - hours * h) / min);
  const seconds = (rounded - hours * h - minutes * min) / s;
  return [
    ...(hours > 0 ? [`${hours} h`] : []),
    `${minutes} min`,
    ...(hours > 0 && moreDigits === 0 ? [] : [`${seconds.toFixed(Math.max(0, ofS))} s`]),
  ].join(' ');
}
