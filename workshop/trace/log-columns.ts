/**
 * Log records in the form in which they are sent to a page: one list per field instead of one object per record, and
 * every text only once, like the spans in `TraceColumns`.
 */
import { attributesOf } from './columns.ts';
import type { LogRecord } from './log-record.ts';
import type { Attributes, AttributeValue } from './model.ts';

/**
 * Lists have one entry per record, in chronological order. Indexes refer to `values`, unless stated otherwise. Attributes
 * are pairs of indexes, key and value, of all records one after another.
 */
export interface LogColumns {
  /** Every text, number, and boolean that occurs, once for each key or field that has it. */
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

/** What is needed of every record is read at once, the rest when it is used. */
class ColumnLogRecord implements LogRecord {
  readonly #columns: LogColumns;
  readonly #index: number;
  readonly #origin: Origin;
  readonly spanId: string;
  readonly timeUs: number;
  readonly severityNumber: number;

  constructor(columns: LogColumns, index: number, origins: readonly Origin[]) {
    this.#columns = columns;
    this.#index = index;
    this.#origin = origins[columns.originOf[index]!]!;
    this.spanId = this.#text(columns.spanIds);
    this.timeUs = columns.fromUs + columns.timesUs[index]!;
    this.severityNumber = columns.severityNumbers[index]!;
  }

  #text(indexes: readonly number[]): string {
    return String(this.#columns.values[indexes[this.#index]!]);
  }

  get traceId(): string {
    return this.#text(this.#columns.traceIds);
  }

  get service(): string {
    return this.#origin.service;
  }

  get scope(): string {
    return this.#origin.scope;
  }

  get scopeVersion(): string {
    return this.#origin.scopeVersion;
  }

  get resource(): Attributes {
    return this.#origin.resource;
  }

  get severityText(): string {
    return this.#text(this.#columns.severityTexts);
  }

  get body(): string {
    return this.#text(this.#columns.bodies);
  }

  get eventName(): string {
    return this.#text(this.#columns.eventNames);
  }

  get droppedAttributes(): number {
    return this.#columns.droppedAttributes[this.#index]!;
  }

  get attributes(): Attributes {
    const { values, attributes, attributeEnds } = this.#columns;
    return attributesOf(values, attributes, attributeEnds[this.#index - 1] ?? 0, attributeEnds[this.#index]!);
  }
}
