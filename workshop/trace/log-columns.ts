/**
 * Log records in the form in which they are sent to a page: one list per field instead of one object per record, and
 * every text only once, like the spans in `TraceColumns`.
 */
import { attributesOf } from './columns.ts';
import type { LogRecord } from './log-record.ts';
import type { AttributeValue } from './model.ts';

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

/** The records in these columns. */
export function fromLogColumns(columns: LogColumns): LogRecord[] {
  const { values, fromUs, attributeEnds } = columns;
  const textOf = (index: number) => String(values[index]);
  const origins = columns.origins.map(({ resource, ...origin }) => ({
    ...origin,
    resource: attributesOf(values, resource),
  }));
  return columns.bodies.map((body, index): LogRecord => {
    const { service, scope, scopeVersion, resource } = origins[columns.originOf[index]!]!;
    return {
      traceId: textOf(columns.traceIds[index]!),
      spanId: textOf(columns.spanIds[index]!),
      service,
      timeUs: fromUs + columns.timesUs[index]!,
      severityNumber: columns.severityNumbers[index]!,
      severityText: textOf(columns.severityTexts[index]!),
      body: textOf(body),
      eventName: textOf(columns.eventNames[index]!),
      attributes: attributesOf(values, columns.attributes, attributeEnds[index - 1], attributeEnds[index]),
      droppedAttributes: columns.droppedAttributes[index]!,
      scope,
      scopeVersion,
      resource,
    };
  });
}
