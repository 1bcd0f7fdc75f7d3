import type { AttributeValue, Span } from './model.ts';

/**
 * What to look for in a trace, made of what somebody typed; undefined when that is nothing.
 *
 * A span is found when it meets every word: each word stands somewhere in its name, service, kind, id, status,
 * attributes or events, in capitals or not. `"get reviews"` in quotes is one word, `-word` must not be there.
 * `key=value` asks for an attribute of the span, one of its events or its resource, with exactly this value;
 * `service`, `name`, `kind` and `id` can be asked for in the same way, and `error=true`. What a resource says is found by
 * `key=value` alone, because it would find every span of a service.
 */
export function spanFinder(text: string): ((span: Span) => boolean) | undefined {
  const tests = [...text.matchAll(term)].map(({ groups }) => {
    const { not, key, quoted, plain } = groups as Record<string, string | undefined>;
    const wanted = quoted === undefined ? (plain ?? '') : unquoted(quoted);
    const meets = key === undefined ? hasText(wanted) : hasValue(key, wanted);
    return not ? (span: Span) => !meets(span) : meets;
  });
  return tests.length === 0 ? undefined : (span) => tests.every((meets) => meets(span));
}

const term = /(?<not>-)?(?:(?<key>[^\s"=]+)=)?(?:"(?<quoted>(?:[^"\\]|\\.)*)"?|(?<plain>[^\s"]+))/gu;

function unquoted(text: string): string {
  return text.replace(/\\(.)/gu, '$1');
}

function hasText(wanted: string): (span: Span) => boolean {
  const contains = remembered((value) => String(value).toLowerCase().includes(wanted.toLowerCase()));
  return (span) =>
    contains(span.name) ||
    contains(span.service) ||
    contains(span.kind) ||
    span.spanId === wanted.toLowerCase() ||
    contains(span.statusMessage) ||
    hasOwnAttribute(span, (key, value) => key === wanted || contains(value)) ||
    span.events.some(
      ({ name, attributes }) =>
        contains(name) || hasAttribute(attributes, (key, value) => key === wanted || contains(value)),
    );
}

function hasValue(wantedKey: string, wanted: string): (span: Span) => boolean {
  const equals = remembered((value) => String(value).toLowerCase() === wanted.toLowerCase());
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
    hasOwnAttribute(span, here) ||
    hasAttribute(span.resource, here) ||
    span.events.some(({ attributes }) => hasAttribute(attributes, here));
}

function hasOwnAttribute(span: Span, meets: (key: string, value: AttributeValue) => boolean): boolean {
  return span.hasAttribute?.(meets) ?? hasAttribute(span.attributes, meets);
}

function hasAttribute(
  attributes: Record<string, AttributeValue>,
  meets: (key: string, value: AttributeValue) => boolean,
): boolean {
  for (const key in attributes) if (meets(key, attributes[key]!)) return true;
  return false;
}

/** Spans share most of their values, so each value is looked at once. */
function remembered(test: (value: AttributeValue) => boolean): (value: AttributeValue) => boolean {
  const answers = new Map<AttributeValue, boolean>();
  return (value) => {
    let answer = answers.get(value);
    if (answer === undefined) answers.set(value, (answer = test(value)));
    return answer;
  };
}
