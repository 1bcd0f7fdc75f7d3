/** Puts steps into the working copy of the course in the given folders: put-steps.ts ROOT STATE STEP … */
import { openCourse } from '#workshop/course/course';
import { findStep } from '#workshop/course/list';
import { putStep } from '#workshop/course/put';
import { main } from '#workshop/command-line/main';

await main(async () => {
  const [root, state, ...steps] = process.argv.slice(2);
  const course = openCourse(root, state);
  for (const step of steps) await putStep(await findStep(step, course), course);
});
