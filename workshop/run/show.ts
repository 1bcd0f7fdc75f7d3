import { STATUS_CODES } from 'node:http';
import { join } from 'node:path';
import { paint, wantsColour } from '../command-line/colour.ts';
import { stateFolder } from '../settings.ts';
import { type TextOptions, waterfallText } from '../trace/text.ts';
import type { CallResult } from './call.ts';

/** Whether a call had no answer, or one that says that it failed. */
export function hasFailed({ status = Infinity }: CallResult): boolean {
  return status >= 400;
}

/** Says on stderr that a call failed, if it did. */
export function noteFailure(result: CallResult): void {
  if (hasFailed(result)) note(paint('red', failureText(result)));
}

/** Shows a call: the response and the trace's URL on stdout, the rest on stderr; with `explain`, what is odd about the trace. */
export function showCall(result: CallResult, explain = false): void {
  const look = { width: process.stderr.columns ?? 100, colour: wantsColour(process.stderr), explain };
  noteFailure(result);
  for (const { text, isNote } of callParts(result, look)) (isNote ? note : console.log)(text);
}

/** What `showCall` prints of a call that did not fail, as one text without colours, 100 columns wide. */
export function callText(result: CallResult): string {
  const parts = callParts(result, { width: 100, colour: false });
  return parts.map(({ text }) => text).join('\n');
}

/** The lines about a call in their order; notes explain the others. */
function callParts(result: CallResult, look: WaterfallLook): { text: string; isNote: boolean }[] {
  const { status, body, traceId, url } = result;
  const parts: { text: string; isNote: boolean }[] = [];
  if (body === '') parts.push(asNote(`The answer is ${statusText(status!)}, without a body.`));
  else if (status) parts.push(asOutput(typeof body === 'string' ? body : JSON.stringify(body, null, 4)));
  parts.push(...traceNotes(result, look).map(asNote));
  if (traceId) parts.push(asOutput(url!));
  return parts;
}

type WaterfallLook = Pick<TextOptions, 'width' | 'colour' | 'explain'>;

const asNote = (text: string) => ({ text, isNote: true });
const asOutput = (text: string) => ({ text, isNote: false });

function failureText({ status, failure }: CallResult): string {
  return status
    ? `The call failed with status ${statusText(status)}.`
    : `The call got no answer (${failure}): see the services' logs in ${join(stateFolder, 'logs')}.`;
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

function traceNotes({ failure, traceId, url, trace, durationMs }: CallResult, look: WaterfallLook): string[] {
  const seconds = `${(durationMs / 1_000).toFixed(2)} s`;
  if (failure && !url) return [];
  if (!url) return [`\nThat took ${seconds}, and no trace says why: no service sets up tracing yet.`];
  if (trace) {
    const search = `The caller knows no trace id. This trace was found by searching: ${url}`;
    return ['', waterfallText(trace, look), '', ...(traceId ? [] : [search])];
  }
  return [
    `\nThat took ${seconds}, but no span of ${traceId ? `trace ${traceId}` : 'it'} arrived: is tracing.ts loaded, ` +
      `and does it send to the right port? (npm run doctor looks at the ports.)`,
  ];
}

function statusText(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? ''}`.trim();
}
