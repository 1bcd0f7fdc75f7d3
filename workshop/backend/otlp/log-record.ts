/** Converts encoded log records to the model. They must have passed `readLogRequest`. */
import type { LogRecord } from '../../trace/log-record.ts';
import { decode, type Hex, hexId } from './decode.ts';
import { logRecordRest } from './messages.ts';
import {
  type AnyValue,
  type KeyValue,
  readAttributes,
  readValue,
  type Resource,
  type Scope,
} from './span.ts';

/** What protobufjs decodes. */
interface LogRecordMessage {
  spanId: Hex;
  severityNumber: number;
  severityText: string;
  body: AnyValue | null;
  eventName: string;
  attributes: KeyValue[];
  droppedAttributesCount: number;
}

/** Where in a request an encoded LogRecord is, and what has been read of it. */
interface Indexed {
  group: { bytes: Uint8Array };
  from: number;
  to: number;
  traceId: string;
  timeUs: number;
}

/** Reads a LogRecord. */
export function readLogRecord(
  { group, from, to, traceId, timeUs }: Indexed,
  resource: Resource,
  scope: Scope,
): LogRecord {
  const message = decode(logRecordRest, group.bytes, from, to) as LogRecordMessage;
  return {
    traceId,
    spanId: hexId(message.spanId),
    service: resource.service,
    timeUs,
    severityNumber: message.severityNumber,
    severityText: message.severityText,
    body: message.body ? String(readValue(message.body)) : '',
    eventName: message.eventName,
    attributes: readAttributes(message.attributes).attributes,
    droppedAttributes: message.droppedAttributesCount,
    scope: scope.scope,
    scopeVersion: scope.scopeVersion,
    resource: resource.resource,
  };
}
