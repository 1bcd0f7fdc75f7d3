import type { MoveReport } from '#workshop/check/judges/moving-endpoint';
import { reportText } from '#shared/ops/client/report-text.ts';
import { counted, grouped } from '#workshop/trace/numbers';

/** A report as two tables; `said` has the number of dropped spans that each service reports, if its log is here. */
export function moveText({ calls, failed, services }: MoveReport, said: ReadonlyMap<string, number>): string {
  const failures = failed.moving + failed.withdrawn;
  const rows = Object.entries(services);
  const moving = reportText({
    sentence: `${grouped(calls.moving)} calls, while the endpoint moves to a second place and back:`,
    columns: ['service', 'spans sent', 'at the first', 'at the second', 'at both', 'lost'],
    rows: rows.map(
      ([
        name,
        {
          moving: { sent, first, second, repeated, lost },
        },
      ]) => [name, sent, first, second, repeated, lost].map(String),
    ),
  });
  const withdrawn = reportText({
    sentence: `${grouped(calls.withdrawn)} calls, most of them while there is no endpoint:`,
    columns: ['service', 'spans sent', 'arrived', 'dropped', 'reported as dropped'],
    rows: rows.map(
      ([
        name,
        {
          withdrawn: { sent, arrived },
        },
      ]) => [name, sent, arrived, sent - arrived, said.get(name) ?? '-'].map(String),
    ),
  });
  return [
    moving,
    '',
    ...rows.map(([name, report]) => reasonFor(name, report)),
    '',
    withdrawn,
    ...(failures > 0 ? ['', `${counted(failures, 'call')} failed.`] : []),
  ].join('\n');
}

/** Why the spans of a service are where they are. */
function reasonFor(name: string, { moving, followed, returned }: MoveReport['services'][string]): string {
  if (!followed) return `${name} sent no spans to the second place, because it did not follow the endpoint.`;
  if (!returned) return `${name} did not follow the endpoint back to the first place.`;
  if (moving.lost > 0)
    return `${name} lost what was in flight when the connections to the second place were closed.`;
  return `${name} sent again, to the first place, what was in flight when the second place failed.`;
}
