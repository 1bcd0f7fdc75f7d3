/** Reads a trace id as people paste it: up to 32 hex digits in any case, possibly without leading zeros. */
export function traceIdFrom(text: string): string | undefined {
  const id = text.trim();
  return /^[\da-f]{1,32}$/iu.test(id) ? id.toLowerCase().padStart(32, '0') : undefined;
}

/** The first digits of an id, enough to recognize it; the leading zeros of a 64-bit id are left out. */
export function shortId(id: string): string {
  return id.replace(/^0{16}/u, '').slice(0, 8);
}

/** The path of a trace's page, or of one span on it. */
export function traceUrl(traceId: string, spanId?: string): string {
  return spanId ? `/trace/${traceId}?uiFind=${spanId}#span-${spanId}` : `/trace/${traceId}`;
}
