import { finder, hasAttribute, hasText, hasValue, memoized } from './find.ts';
import { type LogRecord, messageOf, severityOf } from './log-record.ts';
import type { AttributeValue, Span } from './model.ts';

/**
 * A test for the log records that match a search text; undefined if the text is empty. The text is as for `spanFinder`:
 * a word must occur in the body, severity, event name, service, ids, or attributes; `severity`, `body`, `event`,
 * `service`, `trace`, and `span` work like attributes.
 */
export function logFinder(text: string): ((record: LogRecord) => boolean) | undefined {
  return finder(text, hasWord, hasPair);
}

/** Like `spanFinder`, but each part of the text may also be in one of the span's log records. */
export function spanAndLogFinder(
  text: string,
  recordsOf: (span: Span) => readonly LogRecord[],
): ((span: Span) => boolean) | undefined {
  const either =
    (inSpan: (span: Span) => boolean, inRecord: (record: LogRecord) => boolean) => (span: Span) =>
      inSpan(span) || recordsOf(span).some(inRecord);
  return finder(
    text,
    (word) => either(hasText(word), hasWord(word)),
    (key, value) => either(hasValue(key, value), hasPair(key, value)),
  );
}

function hasWord(word: string): (record: LogRecord) => boolean {
  const wanted = word.toLowerCase();
  const contains = memoized((value) => String(value).toLowerCase().includes(wanted));
  return (record) =>
    contains(messageOf(record)) ||
    contains(record.eventName) ||
    contains(record.service) ||
    contains(record.severityText) ||
    severityOf(record) === wanted ||
    record.traceId === wanted ||
    record.spanId === wanted ||
    hasAttribute(record.attributes, (key, value) => key === word || contains(value));
}

function hasPair(wantedKey: string, wanted: string): (record: LogRecord) => boolean {
  const equals = memoized((value) => String(value).toLowerCase() === wanted.toLowerCase());
  const here = (key: string, value: AttributeValue) => key === wantedKey && equals(value);
  const ownField: Record<string, (record: LogRecord) => AttributeValue> = {
    severity: (record) => severityOf(record) ?? '',
    body: ({ body }) => body,
    event: ({ eventName }) => eventName,
    service: ({ service }) => service,
    'service.name': ({ service }) => service,
    trace: ({ traceId }) => traceId,
    span: ({ spanId }) => spanId,
  };
  const own = Object.hasOwn(ownField, wantedKey) ? ownField[wantedKey] : undefined;
  return (record) =>
    (own !== undefined && equals(own(record))) ||
    hasAttribute(record.attributes, here) ||
    hasAttribute(record.resource, here);
}
