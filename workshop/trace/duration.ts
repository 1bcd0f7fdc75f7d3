/**
 * A duration for people: `85 µs`, `1.2 ms`, `412 ms`, `5.150 s`, `2 min 3 s`, `1 h 2 min`.
 *
 * Seconds always keep their milliseconds, because it is by those that a child differs from its parent: 5150 ms and
 * 5142 ms are `5.150 s` and `5.142 s`. Where that is not enough, give the duration which stands beside this one as
 * `besideUs`: two that differ then get as many more digits as it takes to read differently, down to the µs. For
 * the durations of a whole trace `digits.ts` says how many digits, and `formatWithDigits` shows them.
 *
 * Takes µs. A negative duration starts with a minus sign (U+2212), what is not a finite number reads `?`.
 */
export function formatDuration(us: number, besideUs = us): string {
  for (let moreDigits = 0; ; moreDigits++) {
    const text = formatWithDigits(us, moreDigits);
    if (us === besideUs || moreDigits === mostDigits || text !== formatWithDigits(besideUs, moreDigits)) {
      return text;
    }
  }
}

/** A duration with so many digits more than it usually has, as far as there are any: none is shorter than a µs. */
export function formatWithDigits(us: number, moreDigits: number): string {
  if (!Number.isFinite(us)) return '?';
  if (us < 0) return `−${formatWithDigits(-us, moreDigits)}`;
  const { unit, digits, stepUs } = precisionOf(us, moreDigits);
  const rounded = roundedTo(stepUs, us);
  return unit ? `${(rounded / unit.us).toFixed(digits)} ${unit.name}` : inParts(rounded, digits);
}

/** The duration that `formatWithDigits` shows, which is the rounded one. µs. */
export function shownUs(us: number, moreDigits: number): number {
  if (!Number.isFinite(us)) return us;
  if (us < 0) return -shownUs(-us, moreDigits);
  return roundedTo(precisionOf(us, moreDigits).stepUs, us);
}

/** With so many digits more every duration reads to the µs. */
export const mostDigits = 7;

interface Unit {
  us: number;
  name: string;
}

const µs: Unit = { us: 1, name: 'µs' };
const ms: Unit = { us: 1_000, name: 'ms' };
const s: Unit = { us: 1_000_000, name: 's' };
const minUs = 60 * s.us;
const hUs = 60 * minUs;

/** How a duration is rounded: to a multiple of `stepUs`. One without a unit reads in the parts that a clock has. */
interface Precision {
  unit?: Unit;
  /** Behind the point; −1 for whole minutes. */
  digits: number;
  stepUs: number;
}

/** The first unit that fits after rounding, so that 999.7 ms is `1.000 s` and never `1000 ms`. */
function precisionOf(us: number, moreDigits: number): Precision {
  return (
    precisionIn(µs, Number.isInteger(us) ? 0 : moreDigits, us, 1_000) ??
    precisionIn(ms, Math.min(moreDigits + 1, 3), us, 10) ??
    precisionIn(ms, Math.min(moreDigits, 3), us, 1_000) ??
    precisionIn(s, Math.min(moreDigits + 3, 6), us, 60) ??
    precisionInParts(us, moreDigits)
  );
}

/** Undefined when a duration is not below so many units once it is rounded. */
function precisionIn(unit: Unit, digits: number, us: number, limit: number): Precision | undefined {
  const stepUs = unit.us / 10 ** digits;
  return roundedTo(stepUs, us) < limit * unit.us ? { unit, digits, stepUs } : undefined;
}

/** Whole seconds below an hour and whole minutes above; the first of more digits brings the seconds back. */
function precisionInParts(us: number, moreDigits: number): Precision {
  const stepUs = s.us / 10 ** moreDigits;
  if (roundedTo(stepUs, us) < hUs) return { digits: moreDigits, stepUs };
  return { digits: moreDigits - 1, stepUs: moreDigits === 0 ? minUs : stepUs * 10 };
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
