/** A traceparent whose fields are valid. */
export interface Traceparent {
  traceId: string;
  parentId: string;
  sampled: boolean;
}

/** The fields in their order, and how many hexadecimal digits each has. */
const sizes = { 'a version': 2, 'a trace-id': 32, 'a parent-id': 16, flags: 2 };

/**
 * Reads a traceparent as the W3C says ("Trace Context", section 3.2 "Traceparent Header"), or says what is wrong with
 * it: the rest of a sentence that begins with the header.
 */
export function readTraceparent(text: string): Traceparent | { fault: string } {
  const fields = text.split('-');
  if (text.includes(',')) return { fault: 'holds two values: it was written twice, and neither counts then' };
  if (fields.length !== 4) {
    return { fault: 'is not four fields with dashes between them: version, trace-id, parent-id, flags' };
  }
  const [version, traceId, parentId, flags] = fields as [string, string, string, string];
  if (traceId.length === sizes['a parent-id'] && parentId.length === sizes['a trace-id']) {
    return { fault: 'has its two ids swapped: the long one, the trace-id, comes first' };
  }

  for (const [index, [name, size]] of Object.entries(sizes).entries()) {
    const fault = faultOf(fields[index]!, size);
    if (fault) return { fault: `has ${name} ${fault}` };
  }
  if (version === 'ff') return { fault: 'has the version ff, which is not allowed' };
  if (/^0+$/.test(traceId)) return { fault: 'has a trace-id of nothing but zeros, which means "none"' };
  if (/^0+$/.test(parentId)) return { fault: 'has a parent-id of nothing but zeros, which means "none"' };
  return { traceId, parentId, sampled: (parseInt(flags, 16) & 1) === 1 };
}

function faultOf(value: string, size: number): string | undefined {
  if (value.length !== size) {
    return `of ${value.length} ${value.length === 1 ? 'character' : 'characters'} where ${size} are needed`;
  }
  if (/^[\da-f]+$/.test(value)) return undefined;
  return /^[\da-f]+$/i.test(value)
    ? 'in capitals where small letters are needed'
    : 'with characters that are not hexadecimal';
}
