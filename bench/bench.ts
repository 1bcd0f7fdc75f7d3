/** npm run bench -- NAME: runs bench/NAME.ts; without a name, lists them. */
import { readdir } from 'node:fs/promises';
import { UsageError } from '#workshop/errors';
import { main } from '#workshop/command-line/main';

await main(async () => {
  const files = await readdir(import.meta.dirname);
  const names = files
    .filter((file) => file.endsWith('.ts') && file !== 'bench.ts')
    .map((file) => file.replace(/\.ts$/, ''))
    .toSorted();

  const [name] = process.argv.splice(2, 1); // so that the benchmark finds its own words where it looks for them
  if (!name || !names.includes(name)) {
    throw new UsageError(`npm run bench -- NAME, where NAME is one of: ${names.join(', ')}.`);
  }
  await import(`./${name}.ts`);
});
