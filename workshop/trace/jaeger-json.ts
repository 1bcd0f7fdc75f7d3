/**
 * The JSON of Jaeger's v1 HTTP API ("/api/traces" and the like), as Jaeger 2.20 writes it from OTLP. It is the
 * format that the embedded backend writes and that `fromJaeger` reads.
 */

/** Integers past 2^53 come as strings, arrays and maps as JSON text, bytes as base64. */
export interface JaegerTag {
  key: string;
  type: 'string' | 'bool' | 'int64' | 'float64' | 'binary';
  value: string | number | boolean;
}

/** The parent comes first, as CHILD_OF; the links follow as FOLLOWS_FROM. */
export interface JaegerReference {
  refType: 'CHILD_OF' | 'FOLLOWS_FROM';
  traceID: string;
  spanID: string;
}

/** An event: its name is the field `event`, which comes first. `timestamp` is in µs since 1970. */
export interface JaegerLog {
  timestamp: number;
  fields: JaegerTag[];
}

/** Ids are lowercase hex. */
export interface JaegerSpan {
  traceID: string;
  spanID: string;
  operationName: string;
  references: JaegerReference[];
  /** µs since 1970. */
  startTime: number;
  /** µs. */
  duration: number;
  tags: JaegerTag[];
  logs: JaegerLog[];
  /** A key of the trace's `processes`. */
  processID: string;
  warnings: string[] | null;
}

/** A resource: `serviceName` is `service.name`, the tags are its other attributes. */
export interface JaegerProcess {
  serviceName: string;
  tags: JaegerTag[];
}

export interface JaegerTrace {
  traceID: string;
  spans: JaegerSpan[];
  processes: Record<string, JaegerProcess>;
  warnings: string[] | null;
}

export interface JaegerError {
  code: number;
  msg: string;
}

/** The envelope of every response of the API. */
export interface JaegerEnvelope<Data> {
  data: Data | null;
  total: number;
  limit: number;
  offset: number;
  errors: JaegerError[] | null;
}
