/** npm run diff: shows the difference between two steps, or what is left to do for the next one. */
import { main, readCommandLine } from '../command-line/main.ts';
import { openCourse } from '../course/course.ts';
import { differenceBetween } from '../course/difference.ts';
import { findStep, startOf } from '../course/list.ts';
import { page, patchText, statText } from '../course/show-diff.ts';

const help = `
npm run diff                  what is left to do: from the working copy to the next step, which is the
                              one after the last step that you put there or that passed its check
npm run diff 4                from the working copy to step 4
npm run diff 3 4              from step 3 to step 4: what step 4 adds
npm run diff -- 3 4 --stat    only the number of changed lines in each file

The output is a patch for git apply and patch -p1. Long output is shown in $PAGER, or in less if that isn't set.
`;

await main(async () => {
  const { values, positionals } = readCommandLine({
    help,
    options: { stat: { type: 'boolean' } },
    positionals: 2,
  });

  const course = openCourse();
  const named = await Promise.all(positionals.map((words) => findStep(words, course)));
  const { from, to, changes, startsChapter } = await differenceBetween(named, course);
  if (named.length === 0 && startsChapter) {
    const words = startOf(to) ? `${to.number}/start` : to.number;
    console.error(
      `This chapter is finished. Step ${to.number} starts the next one, which has other services: npm run step ${words} puts it into the working copy.`,
    );
    return;
  }

  if (changes.length > 0) return page(values.stat ? statText(changes) : patchText(changes));
  const compared = from ? `step ${from.number}` : 'the working copy';
  console.error(`No differences: ${compared} is the same as step ${to.number}.`);
});
