import type { TracingError } from './errors.ts';

/**
 * Returns what `action` returns, or undefined if it throws an error of this class, which is then reported. Any other
 * error is thrown.
 */
export function undefinedOn<E extends TracingError, T>(
  errorClass: new (message: string) => E,
  action: () => T,
  report?: (error: E) => void,
): T | undefined {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof errorClass)) throw error;
    report?.(error);
    return undefined;
  }
}
