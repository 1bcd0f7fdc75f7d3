// Runs a part for as long as the process that started this one lives. The channel between the two closes when that
// process ends, even if it is killed. Plain JavaScript, because it starts without a loader.
import { spawn } from 'node:child_process';

const STOP_TIMEOUT_MS = 10_000;

const { commands, user, stopSignal } = JSON.parse(process.argv[2]);
const children = commands.map(([file, ...words]) =>
  spawn(file, words, { ...user, stdio: ['ignore', 'inherit', 'inherit'] }),
);
const part = children.at(-1);

function end() {
  for (const child of children) child.kill('SIGKILL');
  process.exit();
}

for (const child of children) {
  child.once('error', (error) => {
    console.error(error.message);
    end();
  });
}
part.once('exit', end);
process.once('disconnect', () => {
  part.kill(stopSignal);
  setTimeout(() => part.kill('SIGKILL'), STOP_TIMEOUT_MS);
});
process.send(part.pid);
