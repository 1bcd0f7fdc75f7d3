/** How far back from now a search goes, as Jaeger's page writes it in its URLs: a number and a unit, such as `2d`. */

/** What can be chosen: what Jaeger's page offers unless it is told otherwise. */
export const lookbacks = ['5m', '15m', '30m', '1h', '2h', '3h', '6h', '12h', '24h', '2d'] as const;

const units: Record<string, { name: string; hours?: number }> = {
  s: { name: 'second' },
  m: { name: 'minute' },
  h: { name: 'hour' },
  d: { name: 'day', hours: 24 },
  w: { name: 'week', hours: 7 * 24 },
};

/** Whether this is a look-back, offered or not. */
export function isLookback(text: string): boolean {
  return /^\d{1,6}[smhdw]$/.test(text);
}

/** `the last 2 days`; without a look-back `all that is kept`. */
export function lookbackWords(lookback: string): string {
  if (lookback === '') return 'all that is kept';
  const { count, unit } = partsOf(lookback);
  return count === 1 ? `the last ${unit.name}` : `the last ${count} ${unit.name}s`;
}

/** The same time as Go writes it, which knows neither days nor weeks: `48h` for `2d`. */
export function lookbackForGo(lookback: string): string {
  const { count, unit } = partsOf(lookback);
  return unit.hours === undefined ? lookback : `${count * unit.hours}h`;
}

function partsOf(lookback: string) {
  return { count: Number(lookback.slice(0, -1)), unit: units[lookback.slice(-1)]! };
}
