/** A tick on a time axis: its position in µs from the start of the trace, and its label. */
export interface Tick {
  us: number;
  text: string;
}

const units = [
  { us: 1_000_000, name: 's' },
  { us: 1_000, name: 'ms' },
  { us: 1, name: 'µs' },
];
/** Above 10 s, ticks are at multiples of these clock units. */
const clockStepsUs = [
  15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400,
].map((seconds) => seconds * 1_000_000);

/**
 * Evenly spaced ticks at round times within a time range, at most `atMost` of them. All are in one unit, with enough
 * digits that no two labels are equal, however short the range is. Takes µs.
 */
export function ticksOf(fromUs: number, toUs: number, atMost: number): Tick[] {
  const lengthUs = toUs - fromUs;
  if (!(lengthUs > 0) || atMost < 1) return [];
  const stepUs = stepFor(lengthUs / atMost);
  const count = Math.floor(toUs / stepUs) - Math.ceil(fromUs / stepUs) + 1;
  const first = Math.ceil(fromUs / stepUs);
  return Array.from({ length: count }, (_, index) => {
    const us = (first + index) * stepUs;
    return { us, text: labelOf(us, stepUs, toUs) };
  });
}

/** The smallest step that is at least `enoughUs`: of 1, 2, 5, 10, 20, 50 … µs, and above 10 s of the clock units. */
function stepFor(enoughUs: number): number {
  if (enoughUs > 10_000_000) {
    return clockStepsUs.find((step) => step >= enoughUs) ?? Math.ceil(enoughUs / 86_400e6) * 86_400e6;
  }
  const power = 10 ** Math.max(0, Math.floor(Math.log10(enoughUs)));
  return [1, 2, 5, 10].map((digit) => digit * power).find((step) => step >= enoughUs * (1 - 1e-9))!;
}

function labelOf(us: number, stepUs: number, toUs: number): string {
  if (us === 0) return '0';
  if (stepUs >= 15_000_000) return clockText(us / 1_000_000);
  const unit = units.find((each) => toUs >= each.us) ?? units[2]!;
  const digits = Math.max(0, -Math.floor(Math.log10(stepUs / unit.us) + 1e-9));
  return `${(us / unit.us).toFixed(digits)} ${unit.name}`;
}

function clockText(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 3_600), 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, name]) => `${count} ${name}`)
    .join(' ');
}
