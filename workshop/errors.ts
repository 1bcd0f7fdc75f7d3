/** Something the user can mend: shown as its message alone, without a stack, and the process ends with status 1. */
export class UserError extends Error {}

/** A command line that was not understood: shown as its message alone, and the process ends with status 2. */
export class UsageError extends Error {}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
