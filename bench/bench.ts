/** npm run bench -- NAME: runs bench/NAME.ts; with --help, lists them. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '#workshop/errors';
import { main } from '#workshop/command-line/main';

// The description of a benchmark is the first line of its file.
const FIRST_LINE = /^\/\*\*\s+(?:\* )?npm run bench -- [\w-]+: (.+?)(?: \*\/)?$/m;

await main(async () => {
  const files = await readdir(import.meta.dirname);
  const names = files
    .filter((file) => file.endsWith('.ts') && file !== 'bench.ts')
    .map((file) => file.replace(/\.ts$/, ''))
    .toSorted();

  const [name] = process.argv.splice(2, 1); // so that the benchmark finds its own arguments
  if (name === '--help' || name === '-h') {
    console.log('npm run bench -- NAME [--help]\n');
    for (const each of names) {
      const text = await readFile(join(import.meta.dirname, `${each}.ts`), 'utf8');
      console.log(`${each.padEnd(12)}${FIRST_LINE.exec(text)?.[1]}`);
    }
    return;
  }
  if (!name || !names.includes(name)) {
    throw new UsageError(`npm run bench -- NAME, where NAME is one of: ${names.join(', ')}.`);
  }
  await import(`./${name}.ts`);
});
