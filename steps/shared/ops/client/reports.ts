/** Turns the responses of ops into reports for people. Each tool shows a report in its own way. */
import { formatDuration } from '#workshop/trace/duration';
import { counted } from '#workshop/trace/numbers';
import type {
  AlertsResp,
  ChangeSamplingResp,
  DeployedVersionResp,
  ListTracesResp,
  ShowLogsResp,
  ShowTraceResp,
} from '../proto/messages.ts';

/** A sentence, and a table with the details. Cells can contain any text that a service sent. */
export interface Report {
  sentence: string;
  /** The headings of the columns; empty for a table without headings. */
  columns: string[];
  rows: string[][];
}

/** The traces that were found. Times are in a time zone such as Europe/Berlin; in that of this computer by default. */
export function tracesReport({ traces }: Pick<ListTracesResp, 'traces'>, zone?: string): Report {
  return {
    sentence: traces.length === 0 ? 'No trace matches.' : `${counted(traces.length, 'trace')}, newest first:`,
    columns: ['start', 'trace id'],
    rows: traces.map(({ id, start }) => [timeText(start, zone), id]),
  };
}

/** What happened in a trace. */
export function traceReport({ id, url, operations, errors, tags, duration }: ShowTraceResp): Report {
  const rows = { page: [url], operation: operations, error: errors, tag: tags };
  return {
    sentence: `Trace ${id} took ${durationText(duration)}, with ${errors.length === 0 ? 'no errors' : counted(errors.length, 'error')}:`,
    columns: [],
    rows: Object.entries(rows).flatMap(([name, values]) => values.map((value) => [name, value])),
  };
}

/** What the services logged in a trace. */
export function logsReport({ lines }: ShowLogsResp, zone?: string): Report {
  return {
    sentence:
      lines.length === 0 ? 'This trace has no log lines or events.' : `${counted(lines.length, 'line')}:`,
    columns: ['time', 'service', 'severity', 'text'],
    rows: lines.map(({ time, service, severity, text }) => [
      timeText(time, zone),
      service,
      severity || 'event',
      text,
    ]),
  };
}

/** How much a service samples now. */
export function samplingReport(
  service: string,
  { ratio, confirmed, unconfirmed }: ChangeSamplingResp,
): Report {
  const count = confirmed.length + unconfirmed.length;
  const share = shareText(ratio);
  return {
    sentence:
      count === 0
        ? `The next run of ${service} samples ${share} of its traces.`
        : unconfirmed.length === 0
          ? `${service} samples ${share} of its traces:`
          : `${service} should sample ${share} of its traces, but ${confirmed.length === 0 ? 'no instance' : `only ${confirmed.length} of ${counted(count, 'instance')}`} confirmed it:`,
    columns: ['instance', 'sampling'],
    rows: [
      ...confirmed.map((instance) => [instance, 'confirmed']),
      ...unconfirmed.map((instance) => [instance, 'not confirmed']),
    ],
  };
}

/** Which versions of a service are running. */
export function versionReport(
  service: string,
  { instances, differ }: Omit<DeployedVersionResp, 'url'>,
): Report {
  return {
    sentence: differ
      ? `Different versions of ${service} are running:`
      : `${counted(instances.length, 'instance')} of ${service} ${instances.length === 1 ? 'runs' : 'run'} version ${instances[0]?.version}:`,
    columns: ['instance', 'version'],
    rows: instances.map(({ instance, version }) => [instance, version]),
  };
}

/** The alerts that are pending or firing. */
export function alertsReport({ alerts }: Pick<AlertsResp, 'alerts'>, zone?: string): Report {
  return {
    sentence: alerts.length === 0 ? 'No alert matches.' : `${counted(alerts.length, 'alert')}:`,
    columns: ['alert', 'state', 'since', 'summary'],
    rows: alerts.map(({ labels: { alertname = '', ...others }, state, active_at: since, summary }) => [
      alertname,
      state,
      timeText(since, zone),
      summary ||
        Object.entries(others)
          .map(([name, value]) => `${name}=${value}`)
          .join(' '),
    ]),
  };
}

/** A time in ns since 1970, to the millisecond: 2026-11-28 12:46:25.123. */
export function timeText(ns: string, zone?: string): string {
  const ms = Number(BigInt(ns) / 1_000_000n);
  const { format } = new Intl.DateTimeFormat('sv-SE', {
    dateStyle: 'short',
    timeStyle: 'medium',
    timeZone: zone,
  });
  return `${format(ms)}.${String(ms % 1_000).padStart(3, '0')}`;
}

/** A duration in ns: 862 ms. */
export function durationText(ns: string): string {
  return formatDuration(Number(ns) / 1_000);
}

function shareText(ratio: number): string {
  if (ratio === 0) return 'none';
  return ratio === 1 ? 'all' : `${Number((ratio * 100).toPrecision(12))} %`;
}
