import { prettyFactory } from 'pino-pretty';
import { printable } from '../trace/terminal-text.ts';

/** What a log line of Fastify's logger (pino) may hold and `messageFormat` shows. */
interface LogEntry {
  msg?: string;
  req?: { method?: string; url?: string };
  res?: { statusCode?: number };
  responseTime?: number;
  trace_id?: string;
  span_id?: string;
}

const pretty = prettyFactory({
  colorize: false, // the service's name in front of the line has the colour
  singleLine: true,
  translateTime: 'SYS:HH:MM:ss',
  ignore: 'pid,hostname,reqId,req,res,responseTime,trace_id,span_id',
  messageFormat: (entry) => {
    const { msg, req, res, responseTime, trace_id, span_id } = entry as LogEntry;
    const words = [msg, req?.method, req?.url, res?.statusCode];
    if (responseTime !== undefined) words.push(`${Math.round(responseTime)} ms`);
    if (trace_id !== undefined) words.push(`trace_id=${trace_id}`);
    if (span_id !== undefined) words.push(`span_id=${span_id}`);
    return words.filter((word) => word !== undefined).join(' ');
  },
});

/**
 * A line that a service printed, for people to read: several lines if it is a log entry with a stack trace. Text that
 * isn't a log entry stays as it is, but control characters never reach the terminal: pino-pretty would let those in
 * messages through.
 */
export function readableLogLine(line: string): string {
  const text = timeOf(line) === undefined ? line : pretty(line).trimEnd();
  const lines = text.replaceAll('\t', '  ').split('\n');
  return lines.map((each) => printable(each.trimEnd())).join('\n');
}

/** When a line was logged, in ms since 1970; undefined for a line that isn't a log entry. */
export function timeOf(line: string): number | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const { level, time } = JSON.parse(line) as { level?: unknown; time?: unknown };
    return typeof level === 'number' && typeof time === 'number' ? time : undefined;
  } catch {
    return undefined;
  }
}
