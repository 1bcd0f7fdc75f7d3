/** An error that the user can fix: a command prints its message without a stack trace and exits with 1. */
export class UserError extends Error {}

/** A command line that was not understood: a command prints the message without a stack trace and exits with 2. */
export class UsageError extends Error {}

/** Whether a line is a stack frame in the code of Node.js, the loader, or a package. These would hide the frames that matter. */
export function isOthersFrame(line: string): boolean {
  return /^\s+at .*(?:node:|node_modules)/.test(line);
}

/** For packages that are missing because `npm ci` ran with NODE_ENV=production; `what` needs them, as in "the pages". */
export function missingPackages(what: string): UserError {
  return new UserError(`The packages for ${what} are not installed: run npm ci --include=dev.`);
}

/**
 * The message of a thrown value. When a host has two addresses and neither responds, Node's error has a code but no
 * message. The error of fetch says only that it failed, and its cause says why.
 */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message === 'fetch failed' && error.cause) return messageOf(error.cause);
  return error.message || (error as NodeJS.ErrnoException).code || error.name;
}
