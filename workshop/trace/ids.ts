/** Trace ids as people paste them: up to 32 digits of hex in any case, of which zeros at the front may be missing. */
export function traceIdFrom(text: string): string | undefined {
  const id = text.trim();
  return /^[\da-f]{1,32}$/iu.test(id) ? id.toLowerCase().padStart(32, '0') : undefined;
}

/** The first digits of an id, which are enough to tell it from others by eye; of one of 64 bits, without its zeros. */
export function shortId(id: string): string {
  return id.replace(/^0{16}/u, '').slice(0, 8);
}

export function traceUrl(traceId: string, spanId?: string): string {
  return spanId ? `/trace/${traceId}?uiFind=${spanId}#span-${spanId}` : `/trace/${traceId}`;
}
