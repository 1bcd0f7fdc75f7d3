/**
 * A duration for people: `85 µs`, `1.2 ms`, `412 ms`, `5.150 s`, `2 min 3 s`, `1 h 2 min`.
 *
 * Seconds always keep their milliseconds, because a child often differs from its parent only in those: 5150 ms and
 * 5142 ms are `5.150 s` and `5.142 s`. If that isn't enough, pass the duration that is shown next to this one as
 * `otherUs`: if they differ, this one gets as many extra digits as the two need to read differently, down to the µs.
 * For the durations of a whole trace, `extra-digits.ts` computes how many digits `formatWithDigits` needs.
 *
 * Takes µs. A negative duration starts with a minus sign (U+2212); a value that isn't a finite number becomes `?`.
 */
export function formatDuration(us: number, otherUs = us): string {
  for (let extraDigits = 0; ; extraDigits++) {
    const text = formatWithDigits(us, extraDigits);
    if (us === otherUs || extraDigits === maxExtraDigits || text !== formatWithDigits(otherUs, extraDigits)) {
      return text;
    }
  }
}

/** A duration with this many more digits than usual, down to whole µs. */
export function formatWithDigits(us: number, extraDigits: number): string {
  if (!Number.isFinite(us)) return '?';
  if (us < 0) return `−${formatWithDigits(-us, extraDigits)}`;
  const { unit, digits, stepUs } = precisionOf(us, extraDigits);
  const rounded = roundedTo(stepUs, us);
  return unit ? `${(rounded / unit.us).toFixed(digits)} ${unit.name}` : inParts(rounded, digits);
}

/**
 * Returns a function that formats durations of one table, which are all given in µs: in the unit of the longest, and with
 * the digits that the shortest needs, but no more than three. `13.012 s` and `0.052 s`; `412.0 ms` and `1.2 ms`. What is
 * too short for that is `< 0.001 s`.
 */
export function tableFormatter(durationsUs: Iterable<number>): (us: number) => string {
  let longest = 0;
  let shortest = Infinity;
  for (const us of durationsUs) {
    const size = Number.isFinite(us) ? Math.abs(us) : 0;
    longest = Math.max(longest, size);
    if (size > 0) shortest = Math.min(shortest, size);
  }
  const unit = [µs, ms].find((each) => Math.round(longest / each.us) < 1_000) ?? s;
  const digits =
    unit === s ? 3 : unit === µs || shortest >= 10_000 ? 0 : shortest >= 1_000 ? 1 : shortest >= 100 ? 2 : 3;
  const leastText = `${(10 ** -digits).toFixed(digits)} ${unit.name}`;
  return (us) => {
    if (!Number.isFinite(us)) return '?';
    const text = (Math.abs(us) / unit.us).toFixed(digits);
    if (us !== 0 && Number(text) === 0) return us > 0 ? `< ${leastText}` : `> −${leastText}`;
    return `${us < 0 ? '−' : ''}${text} ${unit.name}`;
  };
}

/** The rounded duration that `formatWithDigits` shows. µs. */
export function shownUs(us: number, extraDigits: number): number {
  if (!Number.isFinite(us)) return us;
  if (us < 0) return -shownUs(-us, extraDigits);
  return roundedTo(precisionOf(us, extraDigits).stepUs, us);
}

/** With this many extra digits, every duration is shown to the µs. */
export const maxExtraDigits = 7;

interface Unit {
  us: number;
  name: string;
}

const µs: Unit = { us: 1, name: 'µs' };
const ms: Unit = { us: 1_000, name: 'ms' };
const s: Unit = { us: 1_000_000, name: 's' };
const minUs = 60 * s.us;
const hUs = 60 * minUs;

/** How a duration is rounded: to a multiple of `stepUs`. Without a unit, it is shown in hours, minutes, and seconds. */
interface Precision {
  unit?: Unit;
  /** After the decimal point; −1 for whole minutes. */
  digits: number;
  stepUs: number;
}

/** The first unit that fits after rounding, so that 999.7 ms is `1.000 s` and never `1000 ms`. */
function precisionOf(us: number, extraDigits: number): Precision {
  return (
    precisionIn(µs, Number.isInteger(us) ? 0 : extraDigits, us, 1_000) ??
    precisionIn(ms, Math.min(extraDigits + 1, 3), us, 10) ??
    precisionIn(ms, Math.min(extraDigits, 3), us, 1_000) ??
    precisionIn(s, Math.min(extraDigits + 3, 6), us, 60) ??
    precisionInParts(us, extraDigits)
  );
}

/** Undefined if the rounded duration isn't below this many units. */
function precisionIn(unit: Unit, digits: number, us: number, limit: number): Precision | undefined {
  const stepUs = unit.us / 10 ** digits;
  return roundedTo(stepUs, us) < limit * unit.us ? { unit, digits, stepUs } : undefined;
}

/** Whole seconds below an hour and whole minutes above; the first extra digit brings the seconds back. */
function precisionInParts(us: number, extraDigits: number): Precision {
  const stepUs = s.us / 10 ** extraDigits;
  if (roundedTo(stepUs, us) < hUs) return { digits: extraDigits, stepUs };
  return { digits: extraDigits - 1, stepUs: extraDigits === 0 ? minUs : stepUs * 10 };
}

function roundedTo(stepUs: number, us: number): number {
  return Math.round(us / stepUs) * stepUs;
}

function inParts(us: number, digits: number): string {
  const hours = Math.floor(us / hUs);
  const minutes = Math.floor((us - hours * hUs) / minUs);
  const seconds = (us - hours * hUs - minutes * minUs) / s.us;
  return [
    ...(hours > 0 ? [`${hours} h`] : []),
    `${minutes} min`,
    ...(digits < 0 ? [] : [`${seconds.toFixed(digits)} s`]),
  ].join(' ');
}
