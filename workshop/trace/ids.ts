/** Reads a trace id as people paste it: up to 32 hex digits in any case, possibly without leading zeros. */
export function traceIdFrom(text: string): string | undefined {
  const id = text.trim();
  return /^[\da-f]{1,32}$/iu.test(id) ? id.toLowerCase().padStart(32, '0') : undefined;
}

/** A trace id as it is shown: without the leading zeros of a 64-bit id. */
export function withoutZeros(id: string): string {
  return id.replace(/^0{16}/u, '');
}

/** The first digits of a trace id, 8 by default, enough to recognize it and to find it. */
export function shortId(id: string, digits = 8): string {
  return withoutZeros(id).slice(0, digits);
}

/** The path of a trace's page, or of one span on it. */
export function traceUrl(traceId: string, spanId?: string): string {
  return spanId ? `/trace/${traceId}?uiFind=${spanId}#span-${spanId}` : `/trace/${traceId}`;
}
