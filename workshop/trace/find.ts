import type { AttributeValue, Span } from './model.ts';

/**
 * A test for the spans that match a search text; undefined if the text is empty.
 *
 * A span matches if it contains every word in its name, service, kind, id, status, attributes, or events, ignoring
 * case. `"get reviews"` in quotes is one word; `-word` must not occur. `key=value` requires exactly this value of an
 * attribute of the span, of one of its events, or of its resource; `service`, `name`, `kind`, `id`, and `error=true`
 * work in the same way. Resource attributes match only `key=value`, because a plain word would match every span of a
 * service.
 */
export function spanFinder(text: string): ((span: Span) => boolean) | undefined {
  return finder(text, hasText, hasValue);
}

/**
 * A test for the items that match a search text; undefined if the text is empty. `hasWord` and `hasPair` return a test
 * for one word and for one `key=value`.
 */
export function finder<Item>(
  text: string,
  hasWord: (word: string) => (item: Item) => boolean,
  hasPair: (key: string, value: string) => (item: Item) => boolean,
): ((item: Item) => boolean) | undefined {
  const tests = [...text.matchAll(term)].map(({ groups }) => {
    const { not, key, quoted, plain } = groups as Record<string, string | undefined>;
    const wanted = quoted === undefined ? (plain ?? '') : unquoted(quoted);
    const matches = key === undefined ? hasWord(wanted) : hasPair(key, wanted);
    return not ? (item: Item) => !matches(item) : matches;
  });
  return tests.length === 0 ? undefined : (item) => tests.every((matches) => matches(item));
}

const term = /(?<not>-)?(?:(?<key>[^\s"=]+)=)?(?:"(?<quoted>(?:[^"\\]|\\.)*)"?|(?<plain>[^\s"]+))/gu;

function unquoted(text: string): string {
  return text.replace(/\\(.)/gu, '$1');
}

/** A test for one word. */
export function hasText(wanted: string): (span: Span) => boolean {
  const contains = memoized((value) => String(value).toLowerCase().includes(wanted.toLowerCase()));
  return (span) =>
    contains(span.name) ||
    contains(span.service) ||
    contains(span.kind) ||
    span.spanId === wanted.toLowerCase() ||
    contains(span.statusMessage) ||
    hasAttribute(span.attributes, (key, value) => key === wanted || contains(value)) ||
    span.events.some(
      ({ name, attributes }) =>
        contains(name) || hasAttribute(attributes, (key, value) => key === wanted || contains(value)),
    );
}

/** A test for one `key=value`. */
export function hasValue(wantedKey: string, wanted: string): (span: Span) => boolean {
  const equals = memoized((value) => String(value).toLowerCase() === wanted.toLowerCase());
  const here = (key: string, value: AttributeValue) => key === wantedKey && equals(value);
  const ownField: Record<string, (span: Span) => AttributeValue> = {
    service: (span) => span.service,
    'service.name': (span) => span.service,
    name: (span) => span.name,
    kind: (span) => span.kind,
    id: (span) => span.spanId,
    error: (span) => span.error,
  };
  const own = Object.hasOwn(ownField, wantedKey) ? ownField[wantedKey] : undefined;
  return (span) =>
    (own !== undefined && equals(own(span))) ||
    hasAttribute(span.attributes, here) ||
    hasAttribute(span.resource, here) ||
    span.events.some(({ attributes }) => hasAttribute(attributes, here));
}

export function hasAttribute(
  attributes: Record<string, AttributeValue>,
  matches: (key: string, value: AttributeValue) => boolean,
): boolean {
  for (const key in attributes) if (matches(key, attributes[key]!)) return true;
  return false;
}

/** Spans, and log records, share most of their values, so each value is tested only once. */
export function memoized(test: (value: AttributeValue) => boolean): (value: AttributeValue) => boolean {
  const results = new Map<AttributeValue, boolean>();
  return (value) => {
    let result = results.get(value);
    if (result === undefined) results.set(value, (result = test(value)));
    return result;
  };
}
