import { STATUS_CODES } from 'node:http';
import { join } from 'node:path';
import { paint, wantsColour } from '../command-line/colour.ts';
import { stateFolder } from '../settings.ts';
import { waterfallText } from '../trace/text.ts';
import type { CallResult } from './call.ts';

/** Whether a call had no answer, or one that says that it failed. */
export function hasFailed({ status = Infinity }: CallResult): boolean {
  return status >= 400;
}

/** Says on stderr that a call failed, if it did. */
export function noteFailure(result: CallResult): void {
  if (!hasFailed(result)) return;
  const { status, failure } = result;
  const text = status
    ? `The call failed with status ${statusText(status)}.`
    : `The call got no answer (${failure}): see the services' logs in ${join(stateFolder, 'logs')}.`;
  note(paint('red', text));
}

/** Shows a call: the response and the trace's URL on stdout, the rest on stderr; with `explain`, what is odd about the trace. */
export function showCall(result: CallResult, explain = false): void {
  noteFailure(result);
  if (result.body === '') note(`The answer is ${statusText(result.status!)}, without a body.`);
  else if (result.status)
    console.log(typeof result.body === 'string' ? result.body : JSON.stringify(result.body, null, 4));
  showTrace(result, explain);
  if (result.traceId) console.log(result.url);
}

/** One line for one call of many. */
export function callLine(result: CallResult, number: number): string {
  const count = result.trace?.spans.length;
  const spans = count ? `${count} ${count === 1 ? 'span' : 'spans'}` : 'no trace';
  return `${number}  ${result.status ?? 'no answer'}  ${result.durationMs.toFixed(0)} ms  ${spans}  ${result.url ?? ''}`.trimEnd();
}

/** A call as one object for other programs, the answer under `name`; `durationMs` is rounded to µs, `spans` is how many arrived. */
export function callJson({ body = null, traceId, url, durationMs, trace }: CallResult, name: string): string {
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

function showTrace({ failure, traceId, url, trace, durationMs }: CallResult, explain: boolean): void {
  const seconds = `${(durationMs / 1_000).toFixed(2)} s`;
  if (failure && !url) return;
  if (!url) return note(`\nThat took ${seconds}, and no trace says why: no service sets up tracing yet.`);
  if (trace) {
    note('');
    const width = process.stderr.columns ?? 100;
    note(waterfallText(trace, { width, colour: wantsColour(process.stderr), explain }));
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
