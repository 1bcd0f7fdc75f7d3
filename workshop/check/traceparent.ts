/** A traceparent whose fields are valid. */
export interface Traceparent {
  traceId: string;
  parentId: string;
  sampled: boolean;
}

/** The fields in order, with their length in hexadecimal digits. */
const sizes = { 'a version': 2, 'a trace-id': 32, 'a parent-id': 16, flags: 2 };

/**
 * Parses a traceparent (W3C Trace Context, section 3.2 "Traceparent Header"). For an invalid one, `fault` is the rest of
 * a sentence that starts with the header.
 */
export function readTraceparent(text: string): Traceparent | { fault: string } {
  const fields = text.split('-');
  if (text.includes(',')) return { fault: 'contains two values: it was written twice, so both are ignored' };
  if (fields.length !== 4) {
    return {
      fault: 'does not consist of four fields separated by dashes: version, trace-id, parent-id, flags',
    };
  }
  const [version, traceId, parentId, flags] = fields as [string, string, string, string];
  if (traceId.length === sizes['a parent-id'] && parentId.length === sizes['a trace-id']) {
    return { fault: 'has its two ids swapped: the longer one, the trace-id, comes first' };
  }

  for (const [index, [name, size]] of Object.entries(sizes).entries()) {
    const fault = faultOf(fields[index]!, size);
    if (fault) return { fault: `has ${name} ${fault}` };
  }
  if (version === 'ff') return { fault: 'has the version ff, which is not allowed' };
  if (/^0+$/.test(traceId)) return { fault: 'has a trace-id of all zeros, which is invalid' };
  if (/^0+$/.test(parentId)) return { fault: 'has a parent-id of all zeros, which is invalid' };
  return { traceId, parentId, sampled: (parseInt(flags, 16) & 1) === 1 };
}

function faultOf(value: string, size: number): string | undefined {
  if (value.length !== size) {
    return `of ${value.length} ${value.length === 1 ? 'character' : 'characters'} instead of ${size}`;
  }
  if (/^[\da-f]+$/.test(value)) return undefined;
  return /^[\da-f]+$/i.test(value)
    ? 'with uppercase letters: only lowercase is allowed'
    : 'with characters that are not hexadecimal digits';
}
