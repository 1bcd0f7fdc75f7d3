const write = process.stdout.write.bind(process.stdout);

// --json prints JSON alone. Other output goes to stderr, such as that of the SDK if OTEL_LOG_LEVEL is set. This module is
// imported before run.ts sets up its SDK.
if (process.argv.includes('--json')) process.stdout.write = process.stderr.write.bind(process.stderr);

/** Prints a line on stdout, even with --json. */
export function printAlone(line: string): void {
  write(`${line}\n`);
}
