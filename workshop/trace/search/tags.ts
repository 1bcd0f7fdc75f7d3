/**
 * Tags as people type them, in logfmt as Jaeger's search takes it: `error=true http.route="/bands/:id"`. A key alone
 * means that it is true. Within quotes \" is a quote and \\ a backslash.
 */

/** The tags of a text, or a sentence that says what to write instead. */
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
  if (isUnclosed) return `A quote is missing in ${rest}: write key="value with spaces".`;
  return `Write tags as key=value, with quotes around a value with spaces; ${word} is none.`;
}

/** Whether a text can be the key of a tag. */
export function canBeKey(text: string): boolean {
  return /^[^\s="]+$/u.test(text);
}

/** The text of which `parseTags` makes these tags. */
export function formatTags(tags: Record<string, string>): string {
  return Object.entries(tags)
    .map(
      ([key, value]) =>
        `${key}=${/^[^\s"]+$/u.test(value) ? value : `"${value.replace(/["\\]/gu, '\\$&')}"`}`,
    )
    .join(' ');
}
