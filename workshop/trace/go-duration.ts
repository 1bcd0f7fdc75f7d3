const unitUs: Record<string, number> = { ns: 1e-3, us: 1, µs: 1, μs: 1, ms: 1e3, s: 1e6, m: 6e7, h: 3.6e9 };
const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;

/**
 * Reads a duration in Go's format, which Jaeger uses: 1.2s, 100ms, 5us, 1m30s, 0. In µs; undefined if it is invalid.
 */
export function parseGoDuration(text: string): number | undefined {
  if (text === '0') return 0;
  if (text === '' || text.replaceAll(part, '') !== '') return undefined;
  return [...text.matchAll(part)].reduce((sum, [, number, unit]) => sum + Number(number) * unitUs[unit!]!, 0);
}
