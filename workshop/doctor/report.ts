import { paint } from '../command-line/color.ts';
import { main, readCommandLine } from '../command-line/main.ts';
import { findChapter } from '../course/chapters.ts';
import { examinations, type Finding, findingsOf } from './examinations.ts';

const help = `
npm run doctor [-- --chapter N]

Checks Node.js, the packages, the ports, the parts that steps need (such as RabbitMQ), the trace backend, Docker,
proxies, OpenTelemetry's variables, the clock, disk space, and memory. Each line is ok or says what to do. Exit code 1 if
the workshop can't run.

  --chapter N   require the parts that chapter N needs, instead of those that the working copy needs
`;

const marks: Record<Finding['verdict'], string> = {
  ok: paint('green', '✓', process.stdout),
  warning: paint('yellow', '!', process.stdout),
  fails: paint('red', '✗', process.stdout),
};

/** Runs all examinations and prints the findings; the exit code of the command is 1 if the workshop can't run. */
export function report(): Promise<void> {
  return main(async () => {
    const { values } = readCommandLine({ help, options: { chapter: { type: 'string' } } });
    const chapter = values.chapter === undefined ? undefined : await findChapter(values.chapter);

    const results = await Promise.all(
      Object.entries(examinations(chapter)).map(async ([name, examine]) => ({
        name,
        findings: await findingsOf(examine),
      })),
    );
    const width = Math.max(...results.map(({ name }) => name.length));
    for (const { name, findings } of results) {
      for (const { verdict, text } of findings)
        console.log(`${marks[verdict]} ${name.padEnd(width)}  ${text}`);
    }

    const failed = results.some(({ findings }) => findings.some(({ verdict }) => verdict === 'fails'));
    console.log(
      failed ? '\nThe workshop cannot run yet: fix the lines with ✗.' : '\nThe workshop can run here.',
    );
    return failed ? 1 : 0;
  });
}
