import { counted, grouped } from '#workshop/trace/numbers';
import { reportText } from '#shared/ops/client/report-text.ts';
import type { Passed } from './balancer.ts';

/** What became of the spans of some calls, while one of two backends was killed. */
export interface BalanceReport {
  calls: number;
  /** How many other calls failed. */
  failed: number;
  /** How many spans were sent, and how many each backend has kept; `afterKill` is the second one's share after the kill. */
  spans: { sent: number; first: number; second: number; afterKill: number; repeated: number; lost: number };
  /** What the balancer has done with the exports that arrived after the kill. */
  exports: Passed;
}

/** A report as a table, and what the balancer did. */
export function balanceText({ calls, failed, spans, exports }: BalanceReport): string {
  const { sent, first, second, afterKill, repeated, lost } = spans;
  const { atOnce, later } = exports;
  const table = reportText({
    sentence: `${grouped(calls)} calls, with a balancer in front of two trace backends, one of which is killed:`,
    columns: ['', 'spans', ''],
    rows: [
      ['sent', String(sent), ''],
      [
        'kept by the first backend',
        String(first),
        'and lost when it was killed, because it kept them in memory',
      ],
      ['kept by the second backend', String(second), `${afterKill} of them after the first one was killed`],
      ['kept by both', String(repeated), ''],
      ['kept by neither', String(lost), lost > 0 ? `${counted(exports.failed, 'export')} failed` : ''],
    ],
  });
  const behavior = `After the kill, the balancer passed on ${counted(atOnce, 'export')} immediately, and ${later} after it had noticed.`;
  return [table, '', behavior, ...(failed > 0 ? ['', `${counted(failed, 'call')} failed.`] : [])].join('\n');
}
