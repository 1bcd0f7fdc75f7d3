/** What the log page shows, and its representation in the URL. The parameters are those of /api/logs. */
import { isSeverity, type Severity } from '../log-record.ts';

/** Empty fields are no condition. */
export interface LogSearch {
  service: string;
  /** The mildest severity. */
  severity: Severity | '';
  /** As for `logFinder`. */
  text: string;
  traceId: string;
}

export const anyLogSearch: LogSearch = { service: '', severity: '', text: '', traceId: '' };

/** How many lines the page shows at most: those that arrived last. */
export const MAX_LINES = 500;

/** How many records a trace's page shows at most. */
const MAX_OF_TRACE = 50_000;

/** Reads the search of a URL; an unknown severity is ignored. */
export function logSearchFrom(search: string): LogSearch {
  const parameters = new URLSearchParams(search);
  const text = (name: string) => parameters.get(name) ?? '';
  const severity = text('severity');
  return {
    service: text('service'),
    severity: isSeverity(severity) ? severity : '',
    text: text('text'),
    traceId: text('traceID'),
  };
}

/** The search as URL parameters, without empty fields. */
export function logParametersOf({ service, severity, text, traceId }: LogSearch): URLSearchParams {
  const fields = Object.entries({ service, severity, text, traceID: traceId });
  return new URLSearchParams(fields.filter(([, value]) => value !== ''));
}

/** The URL of the lines that a page with this query in its URL shows. */
export function logsDataUrl(search: string): string {
  const parameters = logParametersOf(logSearchFrom(search));
  parameters.set('limit', String(MAX_LINES));
  return `/viewer/logs?${parameters}`;
}

/** The URL of the records of a trace. */
export function logsUrlOf(traceId: string): string {
  return `/viewer/logs?traceID=${traceId}&limit=${MAX_OF_TRACE}`;
}
