import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { howToGet } from '../parts/look.ts';
import { binariesOf, programIn } from '../parts/programs.ts';
import { prometheus } from '../parts/prometheus.ts';
import { monitoringFolder } from '../settings.ts';

/** Tests of a step for rules, in the format of promtool (Prometheus documentation, "Unit testing for rules"). */
export interface RuleTests {
  /** The folder with the files. */
  folder: string;
  /** Their names, without the extension .test.yml. */
  names: string[];
}

/**
 * Runs a step's tests on the rules of the folder that is checked. Returns what promtool printed for each test; nothing for
 * one that passed.
 * @throws UserError if promtool isn't installed
 */
export async function runRuleTests(
  checkedFolder: string,
  { folder, names }: RuleTests,
): Promise<Map<string, string>> {
  const binaries = binariesOf({ ...prometheus, programs: ['promtool'] });
  if (!binaries)
    throw new UserError(`The check runs promtool, which comes with Prometheus: ${howToGet(prometheus)}`);

  const copy = await mkdtemp(join(tmpdir(), 'workshop-rules-'));
  try {
    const files = names.map((name) => `${name}.test.yml`);
    await copyFile(join(checkedFolder, monitoringFolder, 'rules.yml'), join(copy, 'rules.yml')).catch(
      () => {}, // promtool then says that it is missing
    );
    for (const file of files) await copyFile(join(folder, file), join(copy, file));
    const outputs = await Promise.all(
      files.map((file) => promtool(programIn(binaries, 'promtool')!, ['test', 'rules', file], copy)),
    );
    return new Map(names.map((name, index) => [name, outputs[index]!]));
  } finally {
    await rm(copy, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What promtool printed if it failed; nothing if it succeeded. */
function promtool(program: string, words: string[], folder: string): Promise<string> {
  return new Promise((resolve) => {
    execFile(program, words, { cwd: folder }, (error, stdout, stderr) => {
      resolve(error ? `${stdout}${stderr}`.trim() || error.message : '');
    });
  });
}
