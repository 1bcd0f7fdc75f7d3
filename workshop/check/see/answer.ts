import { STATUS_CODES } from 'node:http';
import type { See, Shortfall } from '../lesson.ts';
import { callNamed, caller, traceOfCall, serverSpanOf, valuesOf } from '../observation.ts';

const SHOWN_BODY = 300; // characters

/**
 * Looks at a body, which is JSON of any kind, and at when the call began (ms since 1970). Says what is wrong with it;
 * what was found and the file may be left out.
 */
export type Look = (
  body: any,
  startMs: number,
) => (Pick<Shortfall, 'cause'> & Partial<Shortfall>) | undefined;

/** What an answer should be. */
export interface Expected {
  status: number;
  look?: Look;
  /** The likely cause of another status, and the file to look at. */
  cause: string;
  file: string;
}

/** A call is answered as expected; run.ts's own if none is named. */
export function answers({ status, look, cause, file }: Expected, name?: string): See {
  return (seen) => {
    const call = callNamed(seen, name);
    const { answer, method, path, to, startMs } = call;
    if (!answer) {
      const why = call.failure ?? `${call.from} did not wait for it`;
      return { found: `${to} did not answer ${method} ${path} (${why}).`, cause, file };
    }

    const found = `${to} answered ${method} ${path} with ${answer.status} ${STATUS_CODES[answer.status] ?? ''}: ${answer.body.slice(0, SHOWN_BODY)}`;
    if (answer.status !== status) return { found, cause, file };
    if (!look) return 'ok';
    const body = parsed(answer.body);
    if (body === undefined) return { found, cause: 'The body is no JSON.', file };
    const fault = look(body, startMs);
    return fault ? { found, file, ...fault } : 'ok';
  };
}

/** The answer to a call has a header that holds the id of its trace. */
export function answersWithTraceId(header: string, name?: string): See {
  return (seen) => {
    const call = callNamed(seen, name);
    const { to, method, path } = call;
    const file = `${to}/tracing.ts`;
    const { headers, status } = call.answer ?? { headers: [], status: 0 };
    const span = serverSpanOf(seen, to, name);
    const values = valuesOf(headers, header);
    const answered = `${to} answered ${method} ${path} (${status})`;

    if (values[0] === undefined) {
      const misspelt = headers.find(([, value]) => value === span?.traceId);
      if (misspelt) {
        return {
          found: `${answered} with the id of the trace in a header "${misspelt[0]}", and with none called "${header}".`,
          cause: `The header is misspelt: its name is ${header}.`,
          file,
        };
      }
      return {
        found: `${answered} without a header ${header}.`,
        cause:
          status < 400
            ? 'Nothing sets the header. The responseHook of HttpInstrumentation sees each answer before its headers leave.'
            : 'The header is set only where all goes well. Set it where every answer passes, as in the responseHook of HttpInstrumentation.',
        file,
      };
    }

    const [value] = values;
    if (value === span?.traceId) return 'ok';
    const isSpanId = seen.traces.some(({ spans }) => spans.some(({ spanId }) => spanId === value));
    return {
      found: `${answered} with ${header}: ${value}. Its trace is ${span?.traceId ?? 'not recorded'}.`,
      cause: isSpanId
        ? 'This is the id of a span: take traceId from the spanContext(), not spanId.'
        : 'This is not the id of the active trace: read it for each request from the spanContext() of its span.',
      file,
    };
  };
}

/** run.ts knows the id of the trace, and so prints the trace's URL. */
export function printsTraceUrl(): See {
  return (seen) => {
    const printed = seen.run.output?.traceId ?? undefined;
    const traceId = traceOfCall(seen)?.traceId;
    if (printed !== undefined && printed === traceId) return 'ok';
    return {
      found: printed
        ? `${caller} printed the URL of trace ${printed}. Its call is in trace ${traceId ?? 'that did not arrive'}.`
        : `${caller} printed no URL of a trace.`,
      cause: printed
        ? 'What the call in run.ts returns as traceId is not the id of this trace.'
        : 'The call in run.ts does not return the traceId beside status and body.',
      file: caller,
    };
  };
}

/** run.ts knows the id of the trace from a header of the answer, and not because it made that id itself. */
export function printsTraceIdTold(): See {
  return (seen) => {
    const verdict = printsTraceUrl()(seen);
    if (verdict !== 'ok' || !seen.retold) return verdict;
    const { header, told, printed } = seen.retold;
    if (printed === told) return 'ok';
    return {
      found: `In a second run ${callNamed(seen).to} answered with ${header}: ${told}, and ${caller} printed ${printed ? `the URL of trace ${printed}` : 'no URL of a trace'}.`,
      cause: `${caller} still returns the trace id that it made itself. It has to return the one in the response: response.headers['${header}'].`,
      file: caller,
      traces: [],
    };
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
