import { STATUS_CODES } from 'node:http';
import { parsed } from '../../net/parsed.ts';
import type { Failure, Judge } from '../lesson.ts';
import { callNamed, caller, serverSpanOf, traceOfCall, tracesOfCall, valuesOf } from '../observation.ts';
import type { Exchange } from '../relay.ts';

const SHOWN_BODY = 300; // characters

/**
 * Judges a parsed JSON body, given when the call started (ms since 1970). Returns what is wrong with it; `found` and
 * `file` are optional.
 */
export type BodyJudge = (
  body: any,
  startMs: number,
) => (Pick<Failure, 'cause'> & Partial<Failure>) | undefined;

/** The response that a call should get. */
export interface Expected {
  status: number;
  judgeBody?: BodyJudge;
  /** The likely cause of another status, and the file to look at. */
  cause: string;
  file: string;
}

/** A call gets the expected response. Without a name, it is the call of run.ts. */
export function responds({ status, judgeBody, cause, file }: Expected, name?: string): Judge {
  return (seen) => {
    const call = callNamed(seen, name);
    const { response, method, path, to, startMs } = call;
    if (!response) return { found: sentNoResponse(call), cause, file };

    const found = `${to} responded to ${method} ${path} with ${response.status} ${STATUS_CODES[response.status] ?? ''}: ${response.body.slice(0, SHOWN_BODY)}`;
    if (response.status !== status) return { found, cause, file };
    if (!judgeBody) return 'ok';
    const body = parsed(response.body);
    if (body === response.body) return { found, cause: 'The body is not valid JSON.', file };
    const fault = judgeBody(body, startMs);
    return fault ? { found, file, ...fault } : 'ok';
  };
}

function sentNoResponse({ to, from, method, path, error }: Exchange): string {
  return `${to} sent no response to ${method} ${path} (${error ?? `${from} didn't wait for it`}).`;
}

/** The response to a call has a header that contains the id of its trace. */
export function respondsWithTraceId(header: string, name?: string): Judge {
  return (seen) => {
    const call = callNamed(seen, name);
    const { to, method, path } = call;
    const file = `${to}/tracing.ts`;
    if (!call.response) {
      const cause = 'The code that sets the header, or that handles the error, never sends the response.';
      return { found: sentNoResponse(call), cause, file, traces: tracesOfCall(seen, name) };
    }
    const { headers, status } = call.response;
    const span = serverSpanOf(seen, to, name);
    const values = valuesOf(headers, header);
    const responded = `${to} responded to ${method} ${path} (${status})`;

    if (values[0] === undefined) {
      const misspelled = headers.find(([, value]) => value === span?.traceId);
      if (misspelled) {
        return {
          found: `${responded} with the trace id in a header called "${misspelled[0]}", not "${header}".`,
          cause: `The header is misspelled: its name is ${header}.`,
          file,
        };
      }
      return {
        found: `${responded} without a ${header} header.`,
        cause:
          status < 400
            ? 'Nothing sets the header. The responseHook of HttpInstrumentation runs for every response, before its headers are sent.'
            : 'The header is set only if the request succeeds. Set it for every response, for example in the responseHook of HttpInstrumentation.',
        file,
      };
    }

    const [value] = values;
    if (value === span?.traceId) return 'ok';
    const isSpanId = seen.traces.some(({ spans }) => spans.some(({ spanId }) => spanId === value));
    return {
      found: `${responded} with ${header}: ${value}. Its trace is ${span?.traceId ?? 'not recorded'}.`,
      cause: isSpanId
        ? 'This is the id of a span: use the traceId of the spanContext(), not the spanId.'
        : 'This is not the id of the active trace: for each request, read it from the spanContext() of the span.',
      file,
    };
  };
}

/** run.ts knows the trace id, and prints the URL of the trace. */
export function printsTraceUrl(): Judge {
  return (seen) => {
    const printed = seen.run.output?.traceId ?? undefined;
    const traceId = traceOfCall(seen)?.traceId;
    if (printed !== undefined && printed === traceId) return 'ok';
    return {
      found: printed
        ? `${caller} printed the URL of trace ${printed}. Its call is in ${traceId ? `trace ${traceId}` : 'a trace that did not arrive'}.`
        : `${caller} did not print the URL of a trace.`,
      cause: printed
        ? `The traceId that the call in ${caller} returns is not the id of this trace.`
        : `The call in ${caller} does not return a traceId together with status and body, or the traceId is undefined.`,
      file: caller,
    };
  };
}

/** run.ts takes the trace id from a header of the response, even if it generated that id itself. */
export function printsTraceIdFromHeader(): Judge {
  return (seen) => {
    const verdict = printsTraceUrl()(seen);
    if (!seen.secondRun) return verdict;
    const { header, sent, printed } = seen.secondRun;
    if (verdict !== 'ok') {
      const cause = `The traceId that the call returns must be the value of this header: response.headers['${header}'].`;
      return typeof verdict === 'string' ? verdict : { ...verdict, cause };
    }
    if (printed === sent) return 'ok';
    return {
      found: `In a second run, ${callNamed(seen).to} responded with ${header}: ${sent}, and ${caller} ${printed ? `printed the URL of trace ${printed}` : 'did not print the URL of a trace'}.`,
      cause: `${caller} still returns the trace id that it generated. It must return the one from the response: response.headers['${header}'].`,
      file: caller,
      traces: [],
    };
  };
}
