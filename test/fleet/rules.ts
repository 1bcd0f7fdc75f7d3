import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readLesson } from '#workshop/check/check';
import { runRuleTests } from '#workshop/check/rule-tests';
import { stepNumber } from '../check/support.ts';

/** What the tests of step 18 say about its rules after a change, as in an observation. */
export async function testRules(change: (rules: string) => string): Promise<Map<string, string>> {
  const { folder } = stepNumber(18);
  const { ruleTests } = await readLesson(folder);
  const copy = await mkdtemp(join(tmpdir(), 'workshop-rules-'));
  try {
    await cp(join(folder, 'monitoring'), join(copy, 'monitoring'), { recursive: true });
    const file = join(copy, 'monitoring', 'rules.yml');
    await writeFile(file, change(await readFile(file, 'utf8')));
    return await runRuleTests(copy, ruleTests!);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}
