import { runCommandLine } from '#shared/ops/command-line.ts';

// npx tsx ops/cli.ts --help
await runCommandLine();
