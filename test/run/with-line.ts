import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { projectCopy } from '../support/copy.ts';

/** A copy of the project in which a file of the working copy has an additional line after the line `behind`. */
export async function withLine(t: TestContext, file: string, behind: string, line: string): Promise<string> {
  const cwd = await projectCopy(t);
  const code = await readFile(join(cwd, file), 'utf8');
  assert.ok(code.includes(behind));
  await writeFile(join(cwd, file), code.replace(behind, `${behind}\n${line}`));
  return cwd;
}
