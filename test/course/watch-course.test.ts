import { watchCourse } from '#workshop/course/watch-course';
import { eventually } from '../support/eventually.ts';
import { test } from '../support/tests.ts';
import { tinyCourse } from './tiny-course.ts';

test('a save is noticed in a program, in the settings of parts, and in a service of a later step', async (t) => {
  const course = await tinyCourse(t);
  await course.put(1);
  let saves = 0;
  const watcher = await watchCourse(course, { onSave: () => saves++ });
  t.after(() => watcher.close());
  for (const path of ['run.ts', 'monitoring/collector.yaml', 'counter/app.ts']) {
    const before = saves;
    let looks = 0;
    await eventually(async () => {
      // Once a second, because the watcher may not have begun yet.
      if (looks++ % 40 === 0) await course.write(path, `// ${looks}\n`);
      return saves > before;
    }, `a save of ${path}`);
  }
});
