/** An error that the user can fix: only its message is shown, without a stack, and the process exits with status 1. */
export class UserError extends Error {}

/** A command line that was not understood: only its message is shown, and the process exits with status 2. */
export class UsageError extends Error {}

/**
 * The message of a thrown value. When a host has two addresses and neither responds, Node's error has a code but no
 * message.
 */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || (error as NodeJS.ErrnoException).code || error.name;
}
