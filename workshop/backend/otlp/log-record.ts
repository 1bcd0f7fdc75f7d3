/** Converts encoded log records to the model. They must have passed `readLogRequest`. */
import type { LogRecord } from '../../trace/log-record.ts';
import { decode, type Hex, hexId } from './decode.ts';
import { logRecord } from './messages.ts';
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

/** Reads a LogRecord, of which the trace id and the time are already known. */
export function readLogRecord(
  bytes: Uint8Array,
  { traceId, timeUs }: Pick<LogRecord, 'traceId' | 'timeUs'>,
  resource: Resource,
  scope: Scope,
): LogRecord {
  const message = decode(logRecord, bytes) as LogRecordMessage;
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
