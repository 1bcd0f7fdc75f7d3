import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { projectFolder } from '#workshop/settings';
import { slowTest, test } from '../support/tests.ts';

const run = promisify(execFile);

const tools = {
  'every file has the formatter’s form (npm run format gives it)': [
    'prettier/bin/prettier.cjs',
    '--check',
    '.',
  ],
  'the linter finds nothing': ['oxlint/bin/oxlint'],
  'the strict type-check finds nothing': ['typescript/bin/tsc'],
  'nor does that of what runs in a browser': ['typescript/bin/tsc', '-p', 'workshop/viewer'],
};

for (const [title, [script, ...words]] of Object.entries(tools)) {
  (script!.startsWith('prettier') ? slowTest : test)(title, async () => {
    await run(process.execPath, [`node_modules/${script}`, ...words], { cwd: projectFolder }).catch(
      (error) => {
        throw new Error(`${error.stdout}${error.stderr}`);
      },
    );
  });
}
