/**
 * Log records in the form in which they are sent to a page: one list per field instead of one object per record, and
 * every text only once, like the spans in `TraceColumns`.
 */
import { attributesOf } from './columns.ts';
import type { LogRecord } from './log-record.ts';
import type { Attributes, AttributeValue } from './model.ts';

/**
 * Lists have one entry per record, in order of time. Indexes refer to `values`, unless stated otherwise. Attributes are
 * pairs of indexes, key and value, of all records one after another.
 */
export interface LogColumns {
  /** Every text, number, and boolean that occurs, only once. */
  values: AttributeValue[];
  traceIds: number[];
  spanIds: number[];
  /** Indexes into `origins`. */
  originOf: number[];
  origins: { service: string; scope: string; scopeVersion: string; resource: number[] }[];
  /** The earliest time, in µs since 1970; the times are relative to it. */
  fromUs: number;
  timesUs: number[];
  severityNumbers: number[];
  severityTexts: number[];
  bodies: number[];
  eventNames: number[];
  droppedAttributes: number[];
  attributes: number[];
  /** For each record, where its attributes end. */
  attributeEnds: number[];
}

/** The records in these columns. Their attributes are created each time that they are read. */
export function fromLogColumns(columns: LogColumns): LogRecord[] {
  const origins = columns.origins.map(({ resource, ...origin }) => ({
    ...origin,
    resource: attributesOf(columns.values, resource, 0, resource.length),
  }));
  return columns.bodies.map((_, index) => new ColumnLogRecord(columns, index, origins));
}

type Origin = Pick<LogRecord, 'service' | 'scope' | 'scopeVersion' | 'resource'>;

class ColumnLogRecord implements LogRecord {
  readonly #columns: LogColumns;
  readonly #index: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly service: string;
  readonly scope: string;
  readonly scopeVersion: string;
  readonly resource: Attributes;
  readonly timeUs: number;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: string;
  readonly eventName: string;
  readonly droppedAttributes: number;

  constructor(columns: LogColumns, index: number, origins: readonly Origin[]) {
    const origin = origins[columns.originOf[index]!]!;
    const text = (indexes: readonly number[]) => String(columns.values[indexes[index]!]);
    this.#columns = columns;
    this.#index = index;
    this.traceId = text(columns.traceIds);
    this.spanId = text(columns.spanIds);
    this.service = origin.service;
    this.scope = origin.scope;
    this.scopeVersion = origin.scopeVersion;
    this.resource = origin.resource;
    this.timeUs = columns.fromUs + columns.timesUs[index]!;
    this.severityNumber = columns.severityNumbers[index]!;
    this.severityText = text(columns.severityTexts);
    this.body = text(columns.bodies);
    this.eventName = text(columns.eventNames);
    this.droppedAttributes = columns.droppedAttributes[index]!;
  }

  get attributes(): Attributes {
    const { values, attributes, attributeEnds } = this.#columns;
    return attributesOf(values, attributes, attributeEnds[this.#index - 1] ?? 0, attributeEnds[this.#index]!);
  }
}
