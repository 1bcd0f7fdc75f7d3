/** The body of a response: parsed if it is JSON, otherwise the text itself. */
export function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

/** The object whose JSON a text is, from its first character on; undefined for any other text. */
export function parsedObject(text: string): Record<string, unknown> | undefined {
  const value = text.startsWith('{') ? parsed(text) : undefined; // other text would throw an error first, which takes long
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}
