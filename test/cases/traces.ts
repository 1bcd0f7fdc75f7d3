/** Traces that are drawn wrong if their ids and times are taken at face value, as OTLP in JSON. */
import { readFile } from 'node:fs/promises';
import type { Backend } from '#workshop/backend/start';
import { fromColumns } from '#workshop/trace/columns';
import type { TraceResponse } from '#workshop/trace/page-data';
import { type Waterfall, waterfallOf } from '#workshop/trace/waterfall';
import { sendHttp } from '../support/otlp.ts';

/** Sends a trace of this folder to a backend, and returns its id. */
export async function sendCase(backend: Pick<Backend, 'otlpHttpUrl'>, name: string): Promise<string> {
  const body = await readFile(new URL(`${name}.json`, import.meta.url), 'utf8');
  const { status } = await sendHttp(backend.otlpHttpUrl, body);
  if (status !== 200) throw new Error(`The backend responded to ${name}.json with status ${status}.`);
  return /[\da-f]{32}/.exec(body)![0];
}

/** What the trace page gets from the backend. */
export async function responseForPage(
  backend: Pick<Backend, 'queryUrl'>,
  id: string,
): Promise<TraceResponse> {
  const response = await fetch(`${backend.queryUrl}/viewer/trace/${id}`);
  return (await response.json()) as TraceResponse;
}

/** The waterfall that the trace page draws. */
export async function waterfallOnPage(backend: Pick<Backend, 'queryUrl'>, id: string): Promise<Waterfall> {
  return waterfallOf(fromColumns((await responseForPage(backend, id)).trace));
}
