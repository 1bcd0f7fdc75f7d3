/**
 * Splits a question into words at spaces. Quotation marks keep words together, as in operation="GET /followers/:name";
 * curly ones do too, because phones and chat programs insert them.
 */
export function wordsIn(text: string): string[] {
  const words = text.replaceAll(/[“”„]/g, '"').match(/(?:[^\s"]|"[^"]*"?)+/g) ?? [];
  return words.map((word) => word.replaceAll('"', ''));
}
