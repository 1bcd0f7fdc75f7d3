/** npm run help: lists all commands. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { paint } from '../command-line/color.ts';
import { main, readCommandLine } from '../command-line/main.ts';

const help = `
npm run help

Lists all commands. Each has its own help: npm run step -- --help.
`;

// The first line of a command's file describes the command.
const FIRST_LINE = /^\/\*\* npm run ([\w-]+): (.+) \*\/$/m;

/** The commands for people who change the repository. */
const maintenance = [
  ['npm test', 'runs the tests; npm test -- run/ only those with "run/" in their path'],
  ['npm run test:rest', 'runs the slow tests, which npm test skips'],
  ['npm run test:all', 'runs all tests'],
  ['npm run test:contract', "checks the trace backend at JAEGER_URL and OTLP_URL against Jaeger's query API"],
  [
    'npm run test:scale',
    'tests steps and configurations with a collector, Jaeger, Kafka, and Cassandra: see docs/scale.md',
  ],
  ['npm run bench', 'runs a benchmark; npm run bench -- --help lists them'],
  ['npm run lint', 'checks formatting, lint rules, and types'],
  ['npm run format', 'formats every file'],
] as const;

await main(async () => {
  readCommandLine({ help, options: {} });

  const files = (await readdir(import.meta.dirname)).filter((name) => name.endsWith('.ts')).toSorted();
  const texts = await Promise.all(files.map((name) => readFile(join(import.meta.dirname, name), 'utf8')));
  const commands = texts.map((text) => FIRST_LINE.exec(text)!);
  const width = Math.max(...commands.map(([, name]) => name!.length));

  console.log(`npx tsx run.ts  makes the call and shows its trace\n`);
  for (const [, name, what] of commands) {
    console.log(`npm run ${paint('bold', name!.padEnd(width), process.stdout)}  ${what}`);
  }
  console.log('\nTo change the repository:\n');
  for (const [command, what] of maintenance) {
    console.log(
      `${command.replace(/[\w:]+$/, (name) => paint('bold', name, process.stdout))}${' '.repeat(23 - command.length)}${what}`,
    );
  }
  console.log('\nFor details, use --help: npm run step -- --help');
});
