/** npm run join: shows your instructor which step you are on, if you agree; npm run join -- --leave stops this. */
import { createInterface } from 'node:readline';
import { joinBoard, leaveBoard, readInvitation, readMembership, readNickname } from '../board/membership.ts';
import { whatTravels } from '../board/protocol.ts';
import { interruption } from '../command-line/interruption.ts';
import { main, readCommandLine } from '../command-line/main.ts';
import { openCourse } from '../course/course.ts';
import { UsageError } from '../errors.ts';
import { wrapped } from '../trace/terminal-text.ts';

const help = `
npm run join -- URL [--name NICKNAME] [--yes]
npm run join -- --leave

Joins the instructor's board, which shows how far along the class is and who is stuck. Says what is sent, and asks you first.

  URL              as the board shows it
  --name NICKNAME  what the board calls you; without it, you get a number
  --yes            don't ask
  --leave          leave the board: it deletes what it knows about you, and nothing more is sent
  --help           this text

${whatTravels.join('\n\n')}
`;

const course = openCourse();

await main(async () => {
  const { values, positionals } = readCommandLine({
    help,
    options: { name: { type: 'string' }, yes: { type: 'boolean' }, leave: { type: 'boolean' } },
    positionals: 1,
  });
  if (values.leave) return leave();
  const [url] = positionals;
  if (url === undefined)
    throw new UsageError('The URL is missing: run npm run join -- URL, with the URL that the board shows.');

  const invitation = readInvitation(url);
  const nickname = values.name === undefined ? undefined : readNickname(values.name);
  const columns = process.stdout.columns || Infinity; // 0 in a terminal that doesn't know its width
  for (const text of whatTravels) console.log(`${wrapped(text, columns).join('\n')}\n`);
  if (!values.yes && !(await interruption.orDone(agrees()))) {
    console.log('You have not joined. Nothing was sent.');
    return;
  }
  await joinBoard(invitation, nickname, course);
  console.log(`You have joined the board at ${invitation.board}.`);
});

/** Asks on the terminal. */
async function agrees(): Promise<boolean> {
  process.stdout.write('Join? Type y for yes, or n for no: ');
  const lines = createInterface({ input: process.stdin });
  try {
    for await (const line of lines) return /^y(es)?$/i.test(line.trim());
    return false;
  } finally {
    lines.close(); // otherwise, the process would wait for more input
  }
}

async function leave(): Promise<number> {
  const membership = await readMembership(course);
  if (!membership) {
    console.log('You have not joined a board.');
    return 0;
  }
  const isForgotten = await leaveBoard(membership, course);
  console.log(
    isForgotten
      ? 'You have left the board. It has deleted what it knew about you.'
      : `Nothing more is sent. But the board at ${membership.board} does not respond, so it still knows your nickname and your last result: ask your instructor to start it with --new-code.`,
  );
  return isForgotten ? 0 : 1;
}
