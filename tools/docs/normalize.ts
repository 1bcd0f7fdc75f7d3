/** What differs between runs and doesn't matter, and what replaces it in a comparison. */
const VARYING: [pattern: RegExp, mark: string][] = [
  [/ *[█░▌▐▏▕][█░▌▐▏▕ ]*$/, ''], // the bar of a waterfall
  [/(?<=\S)[\w.]*…(?=\S)/g, '…'], // a long name is shortened to the width that the times leave
  [/(?<![\w.])[+−]?\d[\d,]*(?:\.\d+)? (?:µs|ms|s|min|h)(?: \d+ (?:min|s))*(?![\w/])/g, '<time>'],
  [/(?<=\S {2,})0(?= {2,}\S)/g, '<time>'], // where a waterfall, and a span in it, starts
  [/(?<=\S) {2,}(?![└├│ ])/g, '  '], // columns are as wide as their contents
  [/\b\d\d:\d\d:\d\d\b/g, '<clock>'],
  [/\b\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(?:[-.]\d+)?Z?(?![\w-])/g, '<date>'], // in names of folders
  [/ \(p[\d.]+\)/g, ' (p<rank>)'], // a t-digest chooses its centroids at random
  [/\bprocess \d+\b/g, 'process <number>'],
  [/(?<=\b(?:localhost|127\.0\.0\.1):)(?:3[3-9]|[45]\d|6[0-5])\d{3}\b/g, '<free port>'],
  [/\s+$/, ''],
];

/** What also differs, although it matters whether two of them are the same. */
const IDENTITIES: Record<string, RegExp> = {
  uuid: /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g,
  date: /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g,
  'trace id': /(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])/g,
  'span id': /(?<![0-9a-f])(?=[0-9a-f]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{16}(?![0-9a-f])/g,
};

/** An id of all zeros means "none" and is the same in every run. */
const CONSTANT = /^0+$/;

/** Lines whose order is a race between processes. */
const RACING = / is ready after <time>$/;

/** Lines that only a busy machine prints: a gap or a difference between clocks of less than a second, or a late response. */
const BUSY =
  /^Still waiting after|^[ │]*(?:░ [\d.]+ (?:µs|ms) in which nothing below it runs|! (?:starts|ends) [\d.]+ (?:µs|ms) (?:before|after) its parent)/;
/** The next lines of such a note in a waterfall. */
const GOES_ON = /^[ │]{9,}[a-z]/;

/** A line as it was printed, with the lines below it that are ignored, and the part of it that can be compared between runs. */
export interface ComparableLine {
  raw: string;
  plain: string;
}

/** The lines of a text that aren't ignored, each without what varies. Lines that race are sorted alphabetically. */
export function comparableLines(text: string): ComparableLine[] {
  const lines: ComparableLine[] = [];
  let busy = false;
  for (const raw of text.trimEnd().split('\n')) {
    busy = BUSY.test(raw) || (busy && GOES_ON.test(raw));
    if (busy && lines.length > 0) lines.at(-1)!.raw += `\n${raw}`;
    else lines.push({ raw, plain: withoutVarying(raw) });
  }
  return sortRacing(lines);
}

/**
 * A text without what differs from one run to the next, so that two runs of a command can be compared: bars, times,
 * durations, free ports, and process ids become marks, and lines that race are sorted. Ids and dates become numbers in
 * the order in which they appear, so that the text still shows whether two of them are the same.
 */
export function normalize(text: string): string {
  let plain = comparableLines(text)
    .map((line) => line.plain)
    .join('\n');
  for (const [kind, pattern] of Object.entries(IDENTITIES)) {
    const seen = new Map<string, string>();
    plain = plain.replace(pattern, (id) => {
      if (CONSTANT.test(id)) return id;
      if (!seen.has(id)) seen.set(id, `<${kind} ${seen.size + 1}>`);
      return seen.get(id)!;
    });
  }
  return plain;
}

/** The UUIDs, trace ids, and span ids of a text, each once, by kind and then in the order in which they appear. */
export function idsIn(text: string): Record<string, string[]> {
  const kinds = Object.entries(IDENTITIES).filter(([kind]) => kind !== 'date');
  return Object.fromEntries(
    kinds.map(([kind, pattern]) => [
      kind,
      [...new Set(text.match(pattern))].filter((id) => !CONSTANT.test(id)),
    ]),
  );
}

function withoutVarying(line: string): string {
  return VARYING.reduce((text, [pattern, mark]) => text.replace(pattern, mark), line);
}

function sortRacing(lines: ComparableLine[]): ComparableLine[] {
  const sorted: ComparableLine[] = [];
  for (const line of lines) {
    const races = (other?: ComparableLine) => other !== undefined && RACING.test(other.plain);
    let place = sorted.length;
    if (races(line)) while (races(sorted[place - 1]) && sorted[place - 1]!.plain > line.plain) place--;
    sorted.splice(place, 0, line);
  }
  return sorted;
}
