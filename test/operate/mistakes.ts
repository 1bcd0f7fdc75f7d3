/** Mistakes that learners make in the fourth chapter, as in test/check/mistakes.ts. */
import type { Observation } from '#workshop/check/observation';
import type { Mistake } from '../check/support.ts';
import { samplingMistakes } from './sampling-mistakes.ts';

const showTrace = 'ops/show-trace.ts';
const command = 'chatbot/show-trace.ts';

/** A response as a program of step 20 printed it. */
type Printed = Record<string, string | string[]> & { operations: string[]; errors: string[]; tags: string[] };

/** Changes what a program of a step printed as JSON. */
function inProgram(program: string, change: (printed: Printed, seen: Observation) => object) {
  return (seen: Observation) => {
    const { stdout } = seen.programs.get(program)!;
    const printed = JSON.parse(stdout.at(-1)!) as Printed;
    seen.programs.set(program, { stdout: [JSON.stringify(change(printed, seen))], stderr: [] });
  };
}
const inTrace = (change: (printed: Printed, seen: Observation) => object) =>
  inProgram('the trace of run.ts', (printed, seen) => ({ ...printed, ...change(printed, seen) }));
const inFailed = (change: (printed: Printed) => object) =>
  inProgram('the trace of a failed call', (printed) => ({ ...printed, ...change(printed) }));

/** Ops fails to show the trace of run.ts. */
const failsWith = (message: string) =>
  inProgram('the trace of run.ts', () => ({ status: 'INTERNAL', message }));

/** The spans of the trace of run.ts. */
function spansOfRun({ traces, run }: Observation) {
  return traces.find(({ traceId }) => traceId === run.output?.traceId)!.spans;
}

/** Changes what the bot of step 21 replied to the first question that begins like this. */
function inReply(question: string, change: (reply: string[]) => string[]) {
  return (seen: Observation) => {
    const { stdout, stderr } = seen.programs.get('chatbot')!;
    const start = stdout.findIndex((line) => line.startsWith(`> ${question}`)) + 1;
    const next = stdout.findIndex((line, index) => index > start && line.startsWith('> '));
    const end = next < 0 ? stdout.length : next;
    const reply = change(stdout.slice(start, end));
    seen.programs.set('chatbot', { stdout: stdout.toSpliced(start, end - start, ...reply), stderr });
  };
}

export const mistakes: Mistake[] = [
  {
    title: 'the function is not registered',
    step: 20,
    patch: { 'ops/app.ts': [['{ ShowTrace: showTrace }', '{}']] },
    edit: inProgram('the trace of run.ts', () => ({
      status: 'UNIMPLEMENTED',
      message: 'The server does not implement the method ShowTrace',
    })),
    expect: /^ShowTrace responds with the id/,
    cause: /^The method is not registered/,
    file: 'ops/app.ts',
  },
  {
    title: 'the duration is a BigInt that is mixed with a number',
    step: 20,
    live: true,
    patch: { [showTrace]: [['String(last - first)', 'String(last / 1_000)']] },
    expect: /^ShowTrace responds with the id/,
    found: /with INTERNAL: The ops service failed/,
    cause: /^It threw TypeError: Cannot mix BigInt and other types[^?]*$/,
    file: /^ops\/show-trace\.ts:\d+$/,
  },
  {
    title: 'the spans are not awaited',
    step: 20,
    patch: { [showTrace]: [['await backend.spansOf', 'backend.spansOf']] },
    edit: (seen) => {
      const message = "Cannot read properties of undefined (reading 'startTimeUnixNano')";
      const stack = `TypeError: ${message}\n    at showTrace (${seen.folder}/${showTrace}:8:33)`;
      seen.lines.set('ops', [JSON.stringify({ level: 50, err: { message, stack } })]);
      failsWith('The ops service failed: see its log.')(seen);
    },
    expect: /^ShowTrace responds with the id/,
    cause: /^It threw TypeError: .*\. backend\.spansOf\(id\) returns a promise: is there an await\?$/,
    file: /^ops\/show-trace\.ts:\d+$/,
  },
  {
    title: 'nothing is returned',
    step: 20,
    patch: { [showTrace]: [['  return {', '  const response = {']] },
    edit: failsWith('Error serializing response'),
    expect: /^ShowTrace responds with the id/,
    found: /with INTERNAL: Error serializing response$/,
    cause: /is there a return, and are operations, errors, and tags arrays\?$/,
    file: showTrace,
  },
  {
    title: 'the program prints nothing',
    step: 20,
    edit: (seen) => void seen.programs.set('the trace of run.ts', { stdout: [], stderr: ['It crashed.'] }),
    expect: /^ShowTrace responds with the id/,
    found: /It crashed\.$/,
    cause: /never ends/,
    file: showTrace,
  },
  {
    title: 'the id is that of a span, and there is no page',
    step: 20,
    edit: inTrace(() => ({ id: '00f067aa0ba902b7', url: '' })),
    expect: /^ShowTrace responds with the id/,
    cause: /^id is the id of the trace that was asked for/,
    file: showTrace,
  },
  {
    title: 'operations have no service',
    step: 20,
    patch: { [showTrace]: [['`${service}: ${name}`', 'name']] },
    edit: inTrace(({ operations }) => ({ operations: operations.map((one) => one.replace(/^.*?: /, '')) })),
    expect: /^It lists each operation once/,
    found: /^operations contains "GET \/followers\/:name", but should have entries/,
    cause: /^Each entry is the service of a span/,
    file: showTrace,
  },
  {
    title: 'only the spans of one service are listed',
    step: 20,
    edit: inTrace(({ operations }) => ({
      operations: operations.filter((operation) => !operation.startsWith('social-api')),
    })),
    expect: /^It lists each operation once/,
    found: /^operations lacks "social-api: GET/,
    cause: /^Not all spans/,
    file: showTrace,
  },
  {
    title: 'operations are repeated',
    step: 20,
    edit: inTrace(({ operations }) => ({ operations: [...operations, operations[0]!] })),
    expect: /^It lists each operation once/,
    cause: /A Set keeps one of each/,
    file: showTrace,
  },
  {
    title: 'operations are in alphabetical order',
    step: 20,
    patch: { [showTrace]: [['[...new Set(operations)]', '[...new Set(operations)].toSorted()']] },
    edit: inTrace(({ operations }) => ({ operations: operations.toSorted() })),
    expect: /^It lists each operation once/,
    found: /but began before it\.$/,
    cause: /keep this order/,
    file: showTrace,
  },
  {
    title: 'errors are those of the SERVER span alone',
    step: 20,
    edit: inFailed(({ errors }) => ({ errors: errors.slice(0, 1) })),
    expect: /^It lists each span that ended with an error/,
    found: /^errors lacks "followers-api: GET: [^"]+"\.$/,
    cause: /isError/,
    file: showTrace,
  },
  {
    title: 'errors have no colon before the message',
    step: 20,
    patch: { [showTrace]: [["].filter(Boolean).join(': ')", "].filter(Boolean).join(' ')"]] },
    edit: inFailed(({ errors }) => ({ errors: errors.map((error) => error.replace(': ', ' ')) })),
    expect: /^It lists each span that ended with an error/,
    found: /^errors lacks "followers-api: .*, but contains "followers-api .*"\.$/,
    cause: /joined by ": "\.$/,
    file: showTrace,
  },
  {
    title: 'every span is an error',
    step: 20,
    patch: { [showTrace]: [['.filter(isError)', '']] },
    edit: inTrace(({ operations }) => ({ errors: operations })),
    expect: /^It lists no errors/,
    cause: /^Not every span failed/,
    file: showTrace,
  },
  {
    title: 'tags have the objects of OTLP',
    step: 20,
    patch: { [showTrace]: [['${textOf(value)}', '${value as unknown as string}']] },
    edit: inTrace(({ tags }) => ({ tags: tags.map((tag) => tag.replace(/=.*/s, '=[object Object]')) })),
    expect: /^It lists each attribute once/,
    found: /but contains ".*\[object Object\]"/,
    cause: /textOf gives its text/,
    file: showTrace,
  },
  {
    title: 'only the tags of the first span are listed',
    step: 20,
    patch: { [showTrace]: [['spans.flatMap(({ attributes', 'spans.slice(0, 1).flatMap(({ attributes']] },
    edit: inTrace((_, seen) => ({
      tags: Object.entries(spansOfRun(seen)[0]!.attributes).map(([key, value]) => `${key}=${value}`),
    })),
    expect: /^It lists each attribute once/,
    found: /^tags lacks "[^"]+"\.$/,
    cause: /^Not all attributes are listed/,
    file: showTrace,
  },
  {
    title: 'tags are repeated',
    step: 20,
    edit: inTrace(({ tags }) => ({ tags: [...tags, ...tags] })),
    expect: /^It lists each attribute once/,
    cause: /^A Set keeps each entry once/,
    file: showTrace,
  },
  {
    title: 'the duration is in microseconds',
    step: 20,
    edit: inTrace(({ duration }) => ({ duration: String(Number(duration) / 1_000) })),
    expect: /^The duration is from the first start/,
    cause: /^It is in µs/,
    file: showTrace,
  },
  {
    title: 'the duration is in milliseconds',
    step: 20,
    patch: { [showTrace]: [['String(last - first)', 'String((last - first) / 1_000_000n)']] },
    edit: inTrace(({ duration }) => ({ duration: String(BigInt(duration as string) / 1_000_000n) })),
    expect: /^The duration is from the first start/,
    cause: /^It is in ms/,
    file: showTrace,
  },
  {
    title: 'the durations of all spans are added up',
    step: 20,
    edit: inTrace((_, seen) => ({
      duration: String(Math.round(spansOfRun(seen).reduce((sum, span) => sum + span.durationUs, 0) * 1_000)),
    })),
    expect: /^The duration is from the first start/,
    cause: /^It is the sum of the durations of all spans/,
    file: showTrace,
  },
  {
    title: 'the duration is that of the last span',
    step: 20,
    edit: inTrace((_, seen) => ({
      duration: String(Math.round(spansOfRun(seen).at(-1)!.durationUs * 1_000) + 5_000_000),
    })),
    expect: /^The duration is from the first start/,
    cause: /^The duration must be the difference between the latest end/,
    file: showTrace,
  },
  {
    title: 'the spans come from a method that finds none',
    step: 20,
    edit: inProgram('an unknown trace', () => ({ status: 'INTERNAL', message: 'The ops service failed' })),
    expect: /^A trace that does not exist/,
    found: /the status is INTERNAL/,
    cause: /^backend\.spansOf\(id\) throws the right error/,
    file: showTrace,
  },
  {
    title: 'an unknown trace is an empty one',
    step: 20,
    edit: inProgram('an unknown trace', () => ({ id: '4bf92f3577b34da6a3ce929d0e0e4736', operations: [] })),
    expect: /^A trace that does not exist/,
    found: /ops shows a trace/,
    cause: /^backend\.spansOf\(id\) throws the right error/,
    file: showTrace,
  },
  {
    title: 'the bot is not started',
    step: 21,
    edit: (seen) =>
      void seen.programs.set('chatbot', { stdout: [], stderr: ["code: 'ERR_MODULE_NOT_FOUND'"] }),
    expect: /^The help of the bot/,
    found: /^npx tsx chatbot\/main\.ts printed no reply to help/,
    cause: /^The program is missing, or imports a file/,
    file: 'chatbot/main.ts',
  },
  {
    title: 'the command is not registered',
    step: 21,
    patch: { 'chatbot/main.ts': [['[showTrace]', '[]']] },
    edit: inReply('help', (reply) => reply.filter((line) => !line.includes('show trace'))),
    expect: /^The help of the bot/,
    found: /doesn't list show trace/,
    cause: /^The command is not registered/,
    file: 'chatbot/main.ts',
  },
  {
    title: 'the response is not awaited',
    step: 21,
    patch: { [command]: [['await ops.showTrace', 'ops.showTrace']] },
    edit: inReply('show trace ', () => ['I failed because of a bug: see my log.']),
    expect: /^show trace with an id/,
    found: /^The bot failed/,
    cause: /is there an await\?/,
    file: command,
  },
  {
    title: 'the reply says only how long the trace took',
    step: 21,
    patch: { [command]: [['...traceReport(trace)', '...traceReport(trace), rows: []']] },
    edit: inReply('show trace ', ([sentence]) => [sentence!]),
    expect: /^show trace with an id/,
    found: /lacks the operation "/,
    cause: /traceReport/,
    file: command,
  },
  {
    title: 'there is no link',
    step: 21,
    edit: inReply('show trace ', (reply) => reply.filter((line) => !line.includes('/trace/'))),
    expect: /^show trace with an id/,
    found: /has no link to the page/,
    cause: /return it as link/,
    file: command,
  },
  {
    title: 'the sentence does not say how to ask',
    step: 21,
    patch: { [command]: [["'one trace id: show trace ID'", "'the id of a trace'"]] },
    edit: inReply('show trace', () => ['I need the id of a trace.']),
    expect: /^show trace without an id/,
    found: /gets this reply: I need the id of a trace\.$/,
    cause: /^The sentence doesn't say how to ask/,
    file: command,
  },
  {
    title: 'a question without an id is passed on',
    step: 21,
    patch: { [command]: [["onlyWord(words, 'one trace id: show trace ID')", "words[0] ?? ''"]] },
    edit: inReply('show trace', () => ['"" is not a trace id: it needs 32 hex digits.']),
    expect: /^show trace without an id/,
    found: /gets this reply: "" is not a trace id/,
    cause: /^The question was passed on without an id/,
    file: command,
  },
  ...samplingMistakes,
];
