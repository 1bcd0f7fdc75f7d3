// Runs a part until the parent process exits. The channel between the two then closes, even if the parent is killed.
// Plain JavaScript, because it starts without a loader.
import { spawn } from 'node:child_process';

const STOP_TIMEOUT_MS = 10_000;

const { commands, user, stopSignal } = JSON.parse(process.argv[2]);
const children = [];

function end() {
  for (const child of children) child.kill('SIGKILL');
  process.exit();
}

// A program can't be started, or the parent has already exited.
process.on('uncaughtException', (error) => {
  console.error(error.message);
  end();
});

for (const [file, ...words] of commands) {
  children.push(spawn(file, words, { ...user, stdio: ['ignore', 'inherit', 'inherit'] }));
}
const part = children.at(-1);
part.once('exit', end);
process.once('disconnect', () => {
  part.kill(stopSignal);
  setTimeout(() => part.kill('SIGKILL'), STOP_TIMEOUT_MS);
});
if (part.pid) process.send(part.pid);
