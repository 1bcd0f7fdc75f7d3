/** npm run help: every command, with what it does. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { paint } from '../command-line/colour.ts';
import { main, readCommandLine } from '../command-line/main.ts';

const help = `
npm run help

Lists every command. Each has its own --help: npm run step -- --help.
`;

// The first line of a command's file says what it does: this is the only place where that stands.
const FIRST_LINE = /^\/\*\* npm run ([\w-]+): (.+) \*\/$/m;

/** What those type who change the repository. */
const upkeep = [
  ['npm test', 'runs the tests; npm test -- run/ those with "run/" in their path'],
  ['npm run test:rest', 'runs the slow tests, which npm test leaves out'],
  ['npm run test:all', 'runs all tests'],
  ['npm run test:contract', "checks the trace backend at JAEGER_URL and OTLP_URL against Jaeger's query API"],
  ['npm run bench', 'measures; npm run bench -- --help lists what'],
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
  for (const [command, what] of upkeep) {
    console.log(
      `${command.replace(/[\w:]+$/, (name) => paint('bold', name, process.stdout))}${' '.repeat(23 - command.length)}${what}`,
    );
  }
  console.log('\nMore on each: npm run step -- --help');
});
