/**
 * npm run NAME: runs workshop/commands/NAME.ts with the words that follow. Packages that only authors and the pages need
 * are devDependencies, which npm leaves out where NODE_ENV is "production"; then a sentence says so.
 */
import { missingPackages } from './errors.ts';

const [node, , name, ...words] = process.argv;
const file = new URL(`./commands/${name}.ts`, import.meta.url);
process.argv = [node!, file.pathname, ...words];
try {
  await import(file.href);
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== 'ERR_MODULE_NOT_FOUND' || !message.startsWith('Cannot find package')) throw error;
  console.error(missingPackages(name!).message);
  process.exitCode = 1;
}
