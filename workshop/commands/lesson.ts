/** npm run lesson: shows the lesson on a page beside your editor: the README, the check after each save, and the last trace. */
import { interruption } from '../command-line/interruption.ts';
import { main, portNumber, readCommandLine } from '../command-line/main.ts';
import { openCourse } from '../course/course.ts';
import { runLesson } from '../lesson/run-lesson.ts';

const help = `
npm run lesson [-- --port N]

Serves a page that you keep beside your editor. It shows the README of the step, checks your code whenever you save a
file, runs run.ts, and shows the trace of the call. It also shows what differs from the finished step, and saves, resets,
and restores your work. The command runs the services of the working copy, as npm run services does, and a trace backend
if none is running. The other commands still work, and the page follows what they do. Ctrl-C stops everything.

Open the address that the command prints: only this page can change anything, because it has a token that is different
each time.

  --port N   use another port (default 3020)
  --help     this text
`;

await main(async () => {
  const { values } = readCommandLine({ help, options: { port: { type: 'string' } } });
  await runLesson(openCourse(), {
    port: portNumber('--port', values.port ?? '3020'),
    signal: interruption.signal,
    onReady: (url) => console.log(`The lesson is at ${url}\nPress Ctrl-C to stop it.\n`),
  });
});
