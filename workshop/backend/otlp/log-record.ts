/** Converts encoded log records to the model. They must have passed `readLogRequest`. */
import type { LogRecord } from '../../trace/log-record.ts';
import { decode, type Hex, hexId } from './decode.ts';
import { logRecord as logRecordType } from './messages.ts';
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
  traceId: Hex;
  spanId: Hex;
  severityNumber: number;
  severityText: string;
  body: AnyValue | null;
  eventName: string;
  attributes: KeyValue[];
  droppedAttributesCount: number;
}

/** Reads a LogRecord. `timeUs` is the time that the store has for it. */
export function readLogRecord(
  bytes: Uint8Array,
  timeUs: number,
  resource: Resource,
  scope: Scope,
): LogRecord {
  const message = decode(logRecordType, bytes) as LogRecordMessage;
  return {
    traceId: hexId(message.traceId),
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
