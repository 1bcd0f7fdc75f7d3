/**
 * Tags as people type them, in logfmt like in Jaeger's search: `error=true http.route="/bands/:id"`. A key without a
 * value means `true`. Within quotes, \" is a quote and \\ a backslash.
 */

/** Reads tags from a text; returns a sentence that says what to write instead if the text is invalid. */
export function parseTags(text: string): { tags: Record<string, string> } | { problem: string } {
  const tags: [string, string][] = [];
  let rest = text.trim();
  while (rest !== '') {
    const match = /^(?<key>[^\s="]+)(?:=(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<plain>[^\s"]*)))?(?=\s|$)/u.exec(
      rest,
    );
    if (!match) return { problem: problemOf(rest) };
    const { key, quoted, plain } = match.groups!;
    tags.push([key!, quoted?.replace(/\\(.)/gu, '$1') ?? plain ?? 'true']);
    rest = rest.slice(match[0].length).trimStart();
  }
  return { tags: Object.fromEntries(tags) };
}

function problemOf(rest: string): string {
  const word = rest.split(/\s/u)[0]!;
  const isUnclosed = (rest.match(/(?<!\\)"/gu)?.length ?? 0) % 2 === 1;
  if (isUnclosed) return `A closing quote is missing in ${rest}: write key="value with spaces".`;
  return `"${word}" is not a tag: write key=value, with quotes around a value that contains spaces.`;
}

/** Whether a text is a valid key of a tag. */
export function canBeKey(text: string): boolean {
  return /^[^\s="]+$/u.test(text);
}

/** Writes tags as a text that `parseTags` reads. */
export function formatTags(tags: Record<string, string>): string {
  return Object.entries(tags)
    .map(
      ([key, value]) =>
        `${key}=${/^[^\s"]+$/u.test(value) ? value : `"${value.replace(/["\\]/gu, '\\$&')}"`}`,
    )
    .join(' ');
}
