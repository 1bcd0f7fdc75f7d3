// Runs a part for as long as the process that started this one lives. The channel between the two closes when that
// process ends, even if it is killed. Plain JavaScript, because it starts without a loader.
import { spawn } from 'node:child_process';

const STOP_TIMEOUT_MS = 10_000;

const { commands, user, stopSignal } = JSON.parse(process.argv[2]);
const children = [];

function end() {
  for (const child of children) child.kill('SIGKILL');
  process.exit();
}

// A program that can't be started, or a channel that is closed already: nothing may stay behind.
process.on('uncaughtException', (error) => {
  console.error(error.message);
  end();
});

for (const [file, ...words] of commands) {
  const child = spawn(file, words, { ...user, stdio: ['ignore', 'inherit', 'inherit'] });
  children.push(child);
  child.once('error', (error) => {
    console.error(error.message);
    end();
  });
}
const part = children.at(-1);
part.once('exit', end);
process.once('disconnect', () => {
  part.kill(stopSignal);
  setTimeout(() => part.kill('SIGKILL'), STOP_TIMEOUT_MS);
});
if (part.pid) process.send(part.pid);
