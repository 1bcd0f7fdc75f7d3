import { highlight } from 'sugar-high';

/** The lines of a TypeScript file as HTML, with a class for each kind of token. */
export function highlightLines(code: string): string[] {
  return highlight(code, { lang: 'typescript' })
    .split('\n')
    .map((line) =>
      line
        .replace(/^<span class="sh__line">(.*)<\/span>$/, '$1')
        .replaceAll(/<span class="sh__token--(?:identifier|space)"[^>]*>([^<]*)<\/span>/g, '$1')
        .replaceAll(/<span class="sh__token--(\w+)"[^>]*>/g, '<span class="$1">'),
    );
}
