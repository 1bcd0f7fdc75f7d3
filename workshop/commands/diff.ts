/** npm run diff: what differs between two steps, or what is left to do for the next one. */
import { main, readCommandLine } from '../command-line/main.ts';
import { changesBetween, isSameSystem } from '../course/changes.ts';
import { page, patchText, statText } from '../course/show-diff.ts';
import { UsageError } from '../errors.ts';
import { nextStep } from '../course/current.ts';
import { readLessonFiles } from '../course/files.ts';
import { findStep } from '../course/list.ts';
import { readWorkingCopy } from '../course/working-copy.ts';

const help = `
npm run diff                  what is left to do: from the working copy to the next step, which
                              is the one after the step that you put there last, or whose check passed since
npm run diff 4                from the working copy to step 4
npm run diff 3 4              from step 3 to step 4: what step 4 adds
npm run diff -- 3 4 --stat    only how many lines of which file

The output is a patch that git apply and patch -p1 take. A long one is shown in $PAGER, less if that is not set.
`;

await main(async () => {
  const { values, positionals } = readCommandLine({
    help,
    options: { stat: { type: 'boolean' } },
    positionals: true,
  });
  if (positionals.length > 2)
    throw new UsageError('Say two steps at the most; --help explains what they mean.');

  const named = await Promise.all(positionals.map(findStep));
  const to = named.at(-1) ?? (await nextStep());
  const from = named.length === 2 ? named[0]! : undefined;
  const before = from ? await readLessonFiles(from.folder) : await readWorkingCopy();
  const after = await readLessonFiles(to.folder);
  if (named.length === 0 && !isSameSystem(before, after)) {
    console.error(
      `Nothing is left to do in this chapter. Step ${to.number} begins another one, with services of its own: npm run step ${to.number} puts it into the working copy.`,
    );
    return;
  }
  const changes = changesBetween(before, after);

  if (changes.length > 0) return page(values.stat ? statText(changes) : patchText(changes));
  console.error(
    `Nothing differs: ${from ? `step ${from.number}` : 'the working copy'} is the same as step ${to.number}.`,
  );
});
