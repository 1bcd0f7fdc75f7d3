/** Something the user can mend: shown as its message alone, without a stack, and the process ends with status 1. */
export class UserError extends Error {}

/** A command line that was not understood: shown as its message alone, and the process ends with status 2. */
export class UsageError extends Error {}

/**
 * The text of whatever was thrown. Where a host has two addresses and neither answers, Node's error has a code and no
 * message.
 */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || (error as NodeJS.ErrnoException).code || error.name;
}
