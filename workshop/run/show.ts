import { STATUS_CODES } from 'node:http';
import { join } from 'node:path';
import { paint, wantsColor } from '../command-line/color.ts';
import { outputColumns, stateFolder, tracingVariablesText } from '../settings.ts';
import { type TextOptions, waterfallText } from '../trace/text.ts';
import type { CallResult } from './call.ts';
import type { Asked } from './options.ts';

/** Whether a call got no response, or one with a status of 400 or higher. */
export function hasFailed({ status = Infinity }: CallResult): boolean {
  return status >= 400;
}

/** Prints on stderr that a call failed, if it did. */
export function noteFailure(result: CallResult): void {
  if (hasFailed(result)) note(paint('red', failureText(result)));
}

/** Prints a call: the response and the URL of the trace on stdout, the rest on stderr. */
export function showCall(result: CallResult, options: Omit<WaterfallLook, 'width' | 'color'> = {}): void {
  const look = {
    width: process.stderr.columns || outputColumns || 100,
    color: wantsColor(process.stderr),
    ...options,
  };
  noteFailure(result);
  for (const { text, isNote } of callParts(result, look)) (isNote ? note : console.log)(text);
}

/** The output of `showCall` for a call that did not fail, without colors, 100 columns wide. */
export function callText(result: CallResult): string {
  const parts = callParts(result, { width: 100, color: false });
  return parts.map(({ text }) => text).join('\n');
}

/** The texts about a call, in order; notes go to stderr. */
function callParts(result: CallResult, look: WaterfallLook): { text: string; isNote: boolean }[] {
  const { status, body, traceId, url } = result;
  const parts: { text: string; isNote: boolean }[] = [];
  if (body === '') parts.push(asNote(`The response is ${statusText(status!)}, without a body.`));
  else if (status) parts.push(asOutput(typeof body === 'string' ? body : JSON.stringify(body, null, 4)));
  parts.push(...traceNotes(result, look).map(asNote));
  if (traceId && url) parts.push(asOutput(url));
  return parts;
}

type WaterfallLook = Omit<TextOptions, 'maxRows'>;

const asNote = (text: string) => ({ text, isNote: true });
const asOutput = (text: string) => ({ text, isNote: false });

function failureText({ status, failure }: CallResult): string {
  return status
    ? `The call failed with status ${statusText(status)}.`
    : `The call got no response (${failure}): see the services' logs in ${join(stateFolder, 'logs')}.`;
}

/** One of several calls as a line; the columns of all lines are aligned. */
export function callLine(result: CallResult, number: number, times: number): string {
  const count = result.trace?.spans.length;
  const spans = count ? `${count} ${count === 1 ? 'span' : 'spans'}` : 'no trace';
  const columns = [
    String(number).padStart(String(times).length),
    String(result.status ?? 'no response').padEnd(3),
    `${result.durationMs.toFixed(0)} ms`.padStart(8),
    spans.padEnd(8),
    result.url ?? '',
  ];
  return columns.join('  ').trimEnd();
}

/** A call as JSON, with the response under `name`; `durationMs` is rounded to µs, `spans` is the number of spans. */
export function callJson(
  { body = null, traceId, url, durationMs, trace }: CallResult,
  { name, promise }: Asked,
): string {
  return JSON.stringify({
    [name]: body,
    traceId: traceId ?? trace?.traceId ?? null,
    url: url ?? null,
    durationMs: Math.round(durationMs * 1_000) / 1_000,
    spans: trace?.spans.length ?? 0,
    promise,
  });
}

/** Prints a text for people on stderr; stdout may be read by a program. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

function traceNotes(
  { failure, traceId, url, trace, durationMs, lost }: CallResult,
  look: WaterfallLook,
): string[] {
  if (lost) return [`\n${lost}`];
  const seconds = `${(durationMs / 1_000).toFixed(2)} s`;
  if (failure && !url) return [];
  if (!url) return [`\nThat took ${seconds}, and no trace says why: no service sets up tracing yet.`];
  if (trace) {
    const search = `The caller doesn't know the trace id. This trace was found by searching: ${url}`;
    return ['', waterfallText(trace, look), '', ...(traceId ? [] : [search])];
  }
  return [
    `\nThat took ${seconds}, but no span of ${traceId ? `trace ${traceId}` : 'this call'} arrived. ` +
      (tracingVariablesText() ??
        `Is tracing.ts loaded, ${traceId ? 'does it send to the right port, and is the traceparent valid and sampled' : 'and does it send to the right port'}? npm run doctor checks the ports.`),
  ];
}

function statusText(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? ''}`.trim();
}
