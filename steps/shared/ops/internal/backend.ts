/** Reads traces through Jaeger's HTTP API v3, and log lines through that of the workshop's backend. */
import { messageOf } from '#workshop/errors';
import { parsed } from '#workshop/net/parsed';
import { Failure } from './failure.ts';
import { type Pair, readTraceId } from './read-request.ts';

const TIMEOUT_MS = 5_000;
const STATUS_ERROR = 2;
const MAX_LOGS = 1_000;

/** A value in the JSON of OTLP (OTLP specification, "JSON Protobuf Encoding"). */
type AnyValue = { stringValue?: string; intValue?: string; doubleValue?: number; boolValue?: boolean };
interface KeyValue {
  key: string;
  value?: AnyValue;
}

/** A span in the JSON of OTLP, as far as it is used here. */
export interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes?: KeyValue[];
  events?: { timeUnixNano: string; name: string; attributes?: KeyValue[] }[];
  status?: { code?: number; message?: string };
}

/** A span and the service that created it. */
export interface ServiceSpan extends OtlpSpan {
  service: string;
}

interface TracesData {
  result: {
    resourceSpans?: {
      resource?: { attributes?: KeyValue[] };
      scopeSpans?: { spans?: OtlpSpan[] }[];
    }[];
  };
}

/** What to search for. Times in µs since 1970, durations in µs. */
export interface Search {
  service: string;
  operation: string;
  startUs: number;
  endUs: number;
  minDurationUs?: number | undefined;
  maxDurationUs?: number | undefined;
  limit: number;
}

/** A log record of the workshop's backend, as far as it is used here. */
export interface BackendLog {
  timeUs: number;
  service: string;
  severityText: string;
  body: string;
  eventName: string;
  spanId: string;
  attributes: Record<string, unknown>;
}

interface Received {
  status: number;
  body: unknown;
}

/** A trace backend. Every method throws a Failure with UNAVAILABLE if it doesn't respond as expected. */
export class TraceBackend {
  readonly #url: string;

  /** `url` has no slash at the end. */
  constructor(url: string) {
    this.#url = url;
  }

  /** The URL of the page of a trace. */
  pageOf(traceId: string): string {
    return `${this.#url}/trace/${traceId}`;
  }

  /** The URL of a page with the same search, and with tags. Its parameters are those of Jaeger's search page. */
  searchPageOf(search: Search, tags: readonly Pair[]): string {
    const duration = (us?: number) => (us ? `${us}us` : '');
    const parameters = {
      service: search.service,
      operation: search.operation,
      tags: tags.length > 0 ? JSON.stringify(Object.fromEntries(tags)) : '',
      minDuration: duration(search.minDurationUs),
      maxDuration: duration(search.maxDurationUs),
      start: String(Math.floor(search.startUs)),
      end: String(Math.ceil(search.endUs)),
      limit: String(search.limit),
    };
    const given = Object.entries(parameters).filter(([, value]) => value !== '');
    return `${this.#url}/search?${new URLSearchParams(given)}`;
  }

  /**
   * The spans of a trace, in order of their start. There is at least one. Of spans that start at the same time (the SDK
   * counts milliseconds), the longest comes first, because it is the parent.
   * @throws Failure with INVALID_ARGUMENT for an invalid id, NOT_FOUND if there is no such trace
   */
  async spansOf(traceId: string): Promise<ServiceSpan[]> {
    const id = readTraceId(traceId);
    const spans = await this.#spans(`/api/v3/traces/${id}`);
    if (spans.length === 0) throw new Failure('NOT_FOUND', `Trace ${id} doesn't exist.`);
    return spans.toSorted(
      (a, b) =>
        Number(BigInt(a.startTimeUnixNano) - BigInt(b.startTimeUnixNano)) ||
        Number(BigInt(b.endTimeUnixNano) - BigInt(a.endTimeUnixNano)),
    );
  }

  /** The spans of the traces that a search finds. */
  async search({ service, operation, ...search }: Search): Promise<ServiceSpan[]> {
    const query = new URLSearchParams({
      'query.service_name': service,
      'query.start_time_min': isoTime(search.startUs),
      'query.start_time_max': isoTime(search.endUs),
      'query.num_traces': String(search.limit),
    });
    if (operation) query.set('query.operation_name', operation);
    if (search.minDurationUs) query.set('query.duration_min', `${search.minDurationUs}us`);
    if (search.maxDurationUs) query.set('query.duration_max', `${search.maxDurationUs}us`);
    return this.#spans(`/api/v3/traces?${query}`);
  }

  /** The log records of a trace in chronological order; none if the backend is a real Jaeger, which stores no logs. */
  async logs(traceId: string): Promise<BackendLog[]> {
    const received = await this.#get(`/api/logs?traceID=${traceId}&limit=${MAX_LOGS}`);
    if (received.status === 404 || String(received.body).startsWith('<')) return []; // Jaeger has a page there, or nothing
    return this.#require<{ data: BackendLog[] }>('data', received).data;
  }

  /** The spans of traces; none for 404, with which Jaeger says that it found no trace. */
  async #spans(path: string): Promise<ServiceSpan[]> {
    const received = await this.#get(path);
    if (received.status === 404 && typeof received.body === 'object') return [];
    return spansIn(this.#require<TracesData>('result', received));
  }

  /** The status and the body of a response. A body that isn't JSON stays text. */
  async #get(path: string): Promise<Received> {
    try {
      const response = await fetch(this.#url + path, { signal: AbortSignal.timeout(TIMEOUT_MS) });
      return { status: response.status, body: parsed(await response.text()) };
    } catch (error) {
      throw this.#failed(`doesn't respond: ${messageOf(error)}`);
    }
  }

  /** The body of a successful response, which must have a field with an object or a list. */
  #require<Body>(field: string, { status, body }: Received): Body {
    const value = (body as Record<string, unknown> | null)?.[field];
    if (status === 200 && typeof value === 'object' && value !== null) return body as Body;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    throw this.#failed(`responded with status ${status}: ${text.slice(0, 200)}`);
  }

  #failed(how: string): Failure {
    return new Failure('UNAVAILABLE', `The trace backend at ${this.#url} ${how}`);
  }
}

/** Whether a span ended with an error: by its status, or by an attribute `error` that is true. */
export function isError({ status, attributes = [] }: OtlpSpan): boolean {
  return (
    status?.code === STATUS_ERROR ||
    attributes.some(({ key, value }) => key === 'error' && textOf(value) === 'true')
  );
}

/** The value of an attribute as text; empty if it has none. */
export function textOf(value: AnyValue = {}): string {
  const [only] = Object.values(value);
  return typeof only === 'object' ? JSON.stringify(only) : String(only ?? '');
}

function spansIn({ result: { resourceSpans = [] } }: TracesData): ServiceSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans = [] }) => {
    const name = resource?.attributes?.find(({ key }) => key === 'service.name');
    const service = name ? textOf(name.value) : '';
    return scopeSpans.flatMap(({ spans = [] }) => spans.map((span) => ({ ...span, service })));
  });
}

/** µs since 1970 as a time in RFC 3339. */
function isoTime(us: number): string {
  const seconds = Math.floor(us / 1_000_000);
  const fraction = String(us - seconds * 1_000_000).padStart(6, '0');
  return new Date(seconds * 1_000).toISOString().replace(/\.000Z$/, `.${fraction}Z`);
}
