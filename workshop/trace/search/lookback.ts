/** How far back from now a search goes, in the format of Jaeger's URLs: a number and a unit, such as `2d`. */

/** The choices that Jaeger's page offers by default. */
export const lookbacks = ['5m', '15m', '30m', '1h', '2h', '3h', '6h', '12h', '24h', '2d'] as const;

const units: Record<string, { name: string; hours?: number }> = {
  s: { name: 'second' },
  m: { name: 'minute' },
  h: { name: 'hour' },
  d: { name: 'day', hours: 24 },
  w: { name: 'week', hours: 7 * 24 },
};

/** Whether a text is a valid lookback, even one that isn't offered. */
export function isLookback(text: string): boolean {
  return /^\d{1,6}[smhdw]$/.test(text);
}

/** `the last 2 days`; without a lookback, `all traces`. */
export function describeLookback(lookback: string): string {
  if (lookback === '') return 'all traces';
  const { count, unit } = partsOf(lookback);
  return count === 1 ? `the last ${unit.name}` : `the last ${count} ${unit.name}s`;
}

/** The same time in Go's format, which has neither days nor weeks: `48h` for `2d`. */
export function toGoDuration(lookback: string): string {
  const { count, unit } = partsOf(lookback);
  return unit.hours === undefined ? lookback : `${count * unit.hours}h`;
}

function partsOf(lookback: string) {
  return { count: Number(lookback.slice(0, -1)), unit: units[lookback.slice(-1)]! };
}
