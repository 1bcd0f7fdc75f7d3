import { prettyFactory } from 'pino-pretty';
import { timeOf } from './log-entry.ts';
import { printable } from '../trace/terminal-text.ts';

/** The fields of a log line of Fastify's logger (pino) that `messageFormat` shows. */
interface LogEntry {
  msg?: string;
  req?: { method?: string; url?: string };
  res?: { statusCode?: number };
  responseTime?: number;
  trace_id?: string;
  span_id?: string;
}

const BELL = '\x07';

const pretty = prettyFactory({
  colorize: false, // only the name of the service before the line has a color
  singleLine: true,
  translateTime: 'SYS:HH:MM:ss',
  ignore: 'pid,hostname,reqId,req,res,responseTime,trace_id,span_id,trace_flags',
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
 * Makes a line that a service printed readable for people; a log entry with a stack trace becomes several lines. Text
 * that isn't a log entry is unchanged, except that control characters never reach the terminal; pino-pretty would pass
 * through those in messages. If the service `rings`, a line with a bell rings it.
 */
export function readableLogLine(line: string, rings = false): string {
  const text = timeOf(line) === undefined ? line : pretty(line).trimEnd();
  const lines = text.replaceAll('\t', '  ').split('\n');
  const ring = rings && line.includes(BELL) ? BELL : '';
  return ring + lines.map((each) => printable(ring ? each.replaceAll(BELL, '') : each).trimEnd()).join('\n');
}
