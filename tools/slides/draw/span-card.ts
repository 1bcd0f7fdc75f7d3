import { UserError } from '../../../workshop/errors.ts';
import { formatDuration } from '../../../workshop/trace/duration.ts';
import type { Trace } from '../../../workshop/trace/model.ts';
import { escaped } from './svg.ts';

/** Attributes that don't depend on the machine. */
const SHOWN_ATTRIBUTES = ['http.request.method', 'http.route', 'http.response.status_code', 'url.path'];

/**
 * The first SERVER span of a service, drawn as a record.
 * @throws UserError if the service has none
 */
export function drawSpan(trace: Trace, service: string, alt: string): string {
  const span = trace.spans.find((each) => each.service === service && each.kind === 'server');
  if (!span) throw new UserError(`The recorded trace ${trace.traceId} has no SERVER span of ${service}.`);
  const startMs = (span.startUs - Math.min(...trace.spans.map(({ startUs }) => startUs))) / 1_000;

  const rows: [string, string, string][] = [
    ['name', span.name, 'what was done'],
    ['trace id', span.traceId, 'which request it was done for'],
    ['span id', span.spanId, 'which span it is'],
    ['parent id', span.parentId ?? 'none', 'who asked for it'],
    ['kind', span.kind.toUpperCase(), 'which side of a call it is'],
    ['start, end', `+${startMs} ms, ${formatDuration(span.durationUs)} later`, 'when'],
    ...SHOWN_ATTRIBUTES.filter((key) => key in span.attributes)
      .slice(0, 2)
      .map((key): [string, string, string] => [
        key,
        String(span.attributes[key]),
        'anything that helps you understand it',
      ]),
  ];
  const lines = rows.map(
    ([key, value, says]) =>
      `<tr><th scope="row">${escaped(key)}</th><td class="value">${escaped(value)}</td><td class="says">${escaped(says)}</td></tr>`,
  );
  return `<table class="span-card"><caption class="hidden">${escaped(alt)}</caption><tbody>${lines.join('')}</tbody></table>`;
}
