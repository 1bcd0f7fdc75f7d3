/** What Fastify's logger (pino) writes: one JSON object a line. Its other properties are the log's own. */
interface LogEntry {
  level: number;
  time: number;
  msg?: string;
  req?: { method: string; url: string };
  res?: { statusCode: number };
  responseTime?: number;
  err?: { stack?: string };
  [property: string]: unknown;
}

const LEVELS: Record<number, string> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};
const ERROR = 50;

// Said elsewhere on the line, or the same on every line.
const LEFT_OUT = new Set([
  'level',
  'time',
  'pid',
  'hostname',
  'reqId',
  'msg',
  'req',
  'res',
  'responseTime',
  'err',
]);

/** A line of a service's log for people to read, as several lines if it holds a stack; other text stays as it is. */
export function readableLogLine(line: string): string {
  const entry = entryOf(line);
  if (!entry) return line;

  const time = new Date(entry.time).toTimeString().slice(0, 8);
  const words = [time, LEVELS[entry.level] ?? String(entry.level), entry.msg];
  if (entry.req) words.push(entry.req.method, entry.req.url);
  if (entry.res) words.push(String(entry.res.statusCode));
  if (entry.responseTime !== undefined) words.push(`${entry.responseTime.toFixed(0)} ms`);
  for (const [name, value] of Object.entries(entry)) {
    if (!LEFT_OUT.has(name))
      words.push(`${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  }

  const stack = entry.level >= ERROR && entry.err?.stack;
  return words.filter(Boolean).join(' ') + (stack ? `\n${stack}` : '');
}

/** When a line was logged, in ms since 1970; undefined for a line that does not say it. */
export function timeOf(line: string): number | undefined {
  return entryOf(line)?.time;
}

function entryOf(line: string): LogEntry | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry = JSON.parse(line) as Partial<LogEntry>;
    return typeof entry.level === 'number' && typeof entry.time === 'number'
      ? (entry as LogEntry)
      : undefined;
  } catch {
    return undefined;
  }
}
