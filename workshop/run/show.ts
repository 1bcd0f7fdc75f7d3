import { STATUS_CODES } from 'node:http';
import { paint, wantsColour } from '../command-line/colour.ts';
import { waterfallText } from '../trace/text.ts';
import type { CallResult } from './call.ts';

/** Shows a call: the answer and the trace's URL on stdout, all that explains them on stderr. */
export function showCall(result: CallResult): void {
  if (result.status >= 400) note(paint('red', `The call failed with status ${statusText(result.status)}.`));
  if (result.body === '') note(`The answer is ${statusText(result.status)}, without a body.`);
  else console.log(typeof result.body === 'string' ? result.body : JSON.stringify(result.body, null, 4));
  showTrace(result);
  if (result.traceId) console.log(result.url);
}

/** One line for one call of many. */
export function callLine(result: CallResult, number: number): string {
  const spans = result.trace ? `${result.trace.spans.length} spans` : 'no trace';
  return `${number}  ${result.status}  ${result.durationMs.toFixed(0)} ms  ${spans}  ${result.url ?? ''}`.trimEnd();
}

/** A call as one object for other programs, the answer under `name`; `durationMs` is rounded to µs, `spans` is how many arrived. */
export function callJson({ body, traceId, url, durationMs, trace }: CallResult, name: string): string {
  return JSON.stringify({
    [name]: body,
    traceId: traceId ?? trace?.traceId ?? null,
    url: url ?? null,
    durationMs: Math.round(durationMs * 1_000) / 1_000,
    spans: trace?.spans.length ?? 0,
  });
}

/** Says something to the person, without getting between the lines that a program may read from stdout. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

function showTrace({ traceId, url, trace, durationMs }: CallResult): void {
  const seconds = `${(durationMs / 1_000).toFixed(2)} s`;
  if (!url) return note(`\nThat took ${seconds}, and no trace says why: no service sets up tracing yet.`);
  if (trace) {
    note('');
    note(waterfallText(trace, { width: process.stderr.columns ?? 100, colour: wantsColour(process.stderr) }));
    note('');
    if (!traceId) note(`The caller knows no trace id. This trace was found by searching: ${url}`);
    return;
  }
  note(
    `\nThat took ${seconds}, but no span of ${traceId ? `trace ${traceId}` : 'it'} arrived: is tracing.ts loaded, ` +
      `and does it send to the right port? (npm run doctor looks at the ports.)`,
  );
}

function statusText(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? ''}`.trim();
}
